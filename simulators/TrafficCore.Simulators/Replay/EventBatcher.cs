using System.Buffers;
using System.Text.Json;

namespace TrafficCore.Simulators.Replay;

/// <summary>
/// Packs a log into the payloads that its controllers would have sent: <c>{"seq":n,"events":[[ts,code,parameter],...]}</c>,
/// each at most <see cref="Span"/> of one controller, in the order in which they become due.
/// </summary>
internal sealed class EventBatcher
{
    /// <summary>One message a second is how field controllers commonly stream.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(1);

    /// <summary>About 10 KB of payload: a burst of events does not make one large packet.</summary>
    public const int MaxEvents = 400;

    private readonly List<EventBatch> _ready = [];
    private readonly Open[] _open;

    private EventBatcher(IndianaLog log) => _open = [.. log.Devices.Select(static _ => new Open())];

    /// <summary>All payloads of a log, in the order to send.</summary>
    public static IReadOnlyList<EventBatch> Pack(IndianaLog log)
    {
        var batcher = new EventBatcher(log);
        foreach (var e in log.Events)
        {
            batcher.Add(e);
        }

        for (var device = 0; device < batcher._open.Length; device++)
        {
            batcher.Close(device);
        }

        return [.. batcher._ready.OrderBy(static b => b.DueMs)];
    }

    private void Add(IndianaEvent e)
    {
        var open = _open[e.Device];
        if (open.Events.Count > 0 && (e.Timestamp - open.Events[0].Timestamp >= Span.TotalMilliseconds || open.Events.Count == MaxEvents))
        {
            Close(e.Device);
        }

        open.Events.Add(e);
    }

    private void Close(int device)
    {
        var open = _open[device];
        if (open.Events.Count == 0)
        {
            return;
        }

        open.Sequence++;
        _ready.Add(new EventBatch(device, open.Events[^1].Timestamp, open.Events.Count, Encode(open)));
        open.Events.Clear();
    }

    private static ReadOnlyMemory<byte> Encode(Open open)
    {
        var buffer = new ArrayBufferWriter<byte>(32 + (open.Events.Count * 24));
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("seq", open.Sequence);
        json.WriteStartArray("events");
        foreach (var e in open.Events)
        {
            json.WriteStartArray();
            json.WriteNumberValue(e.Timestamp);
            json.WriteNumberValue(e.Code);
            json.WriteNumberValue(e.Parameter);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private sealed class Open
    {
        public List<IndianaEvent> Events { get; } = [];

        public uint Sequence { get; set; }
    }
}
