using System.Buffers;
using System.Text.Json;
using TrafficCore.Mqtt.Client;

namespace TrafficCore.Simulators.Replay;

/// <summary>
/// High-resolution events as their controllers would have sent them: <c>{"seq":n,"events":[[ts,code,parameter],...]}</c>, each message at most
/// <see cref="Span"/> of one controller. A controller stands at the intersection of the same id.
/// </summary>
internal sealed class EventRecording : IRecording
{
    /// <summary>One message a second is how field controllers commonly stream.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(1);

    /// <summary>About 10 KB of payload: a burst of events does not make one large packet.</summary>
    public const int MaxEvents = 400;

    private readonly string[] _topics;

    /// <param name="controllers">Controllers, as the events number them.</param>
    /// <param name="events">All events; at least one. Those of one instant keep their order.</param>
    public EventRecording(IReadOnlyList<string> controllers, IEnumerable<IndianaEvent> events)
    {
        Intersections = controllers;
        Rows = [.. events.OrderBy(static e => e.Device).ThenBy(static e => e.Timestamp)];
        Messages = RecordedMessages.Cut(
            Rows, MaxEvents, static e => e.Device, static e => e.Timestamp, static (first, next) => next.Timestamp - first.Timestamp < Span.TotalMilliseconds);
        _topics = [.. controllers.Select(static c => $"traffic/v1/{c}/controller/{c}/events")];
    }

    /// <summary>The events by controller and time.</summary>
    public IReadOnlyList<IndianaEvent> Rows { get; }

    public IReadOnlyList<string> Intersections { get; }

    public long Readings => 0;

    public long Events => Rows.Count;

    public long FromMs => Rows.Min(static e => e.Timestamp);

    public long ToMs => Messages[^1].DueMs;

    public IReadOnlyList<RecordedMessage> Messages { get; }

    public MqttPublication Encode(in RecordedMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(32 + (message.Items * 24));
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("seq", message.Sequence);
        json.WriteStartArray("events");
        for (var i = message.First; i < message.First + message.Items; i++)
        {
            json.WriteStartArray();
            json.WriteNumberValue(Rows[i].Timestamp);
            json.WriteNumberValue(Rows[i].Code);
            json.WriteNumberValue(Rows[i].Parameter);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return new MqttPublication(_topics[message.Intersection], buffer.WrittenMemory);
    }
}
