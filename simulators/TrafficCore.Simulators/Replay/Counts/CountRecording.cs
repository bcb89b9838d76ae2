using System.Buffers;
using System.Text.Json;
using TrafficCore.Mqtt.Client;

namespace TrafficCore.Simulators.Replay;

/// <summary>
/// Interval counts as a controller would have sent them: at the end of each interval one message with the readings of all detectors of an intersection (topic
/// <c>detectors</c>).
/// </summary>
internal sealed class CountRecording : IRecording
{
    /// <summary>About 30 KB of payload; an intersection has a few dozen detectors.</summary>
    public const int MaxReadings = 400;

    private readonly IReadOnlyList<string> _detectors;
    private readonly int _intervalMs;
    private readonly CountReading[] _readings;
    private readonly string[] _topics;

    /// <param name="intersections">Intersections, as the readings number them.</param>
    /// <param name="detectors">Detector names, as the readings number them.</param>
    /// <param name="interval">Length of every interval.</param>
    /// <param name="readings">All readings; at least one. Those of one instant and intersection keep their order.</param>
    public CountRecording(IReadOnlyList<string> intersections, IReadOnlyList<string> detectors, TimeSpan interval, IEnumerable<CountReading> readings)
    {
        (Intersections, _detectors, _intervalMs) = (intersections, detectors, (int)interval.TotalMilliseconds);
        _readings = [.. readings.OrderBy(static r => r.Intersection).ThenBy(static r => r.Timestamp)];
        Messages = RecordedMessages.Cut(
            _readings, MaxReadings, static r => r.Intersection, r => r.Timestamp + _intervalMs, static (first, next) => next.Timestamp == first.Timestamp);
        _topics = [.. intersections.Select(static i => $"traffic/v1/{i}/detectors")];
    }

    public IReadOnlyList<string> Intersections { get; }

    /// <summary>The readings by intersection and time.</summary>
    public IReadOnlyList<CountReading> Rows => _readings;

    public long Readings => _readings.Length;

    public long Events => 0;

    public long FromMs => Messages[0].DueMs - _intervalMs;

    public long ToMs => Messages[^1].DueMs;

    public IReadOnlyList<RecordedMessage> Messages { get; }

    public MqttPublication Encode(in RecordedMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(message.Items * 80);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var reading in _readings.AsSpan(message.First, message.Items))
        {
            json.WriteStartObject();
            json.WriteString("detector", _detectors[reading.Detector]);
            json.WriteNumber("ts", reading.Timestamp);
            json.WriteNumber("interval", _intervalMs);
            json.WriteNumber("volume", reading.Volume);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return new MqttPublication(_topics[message.Intersection], buffer.WrittenMemory);
    }
}
