using System.Buffers;

namespace TrafficCore.Simulators.City.Sending;

/// <summary>Collects what devices send and hands it out in the order in which it is due.</summary>
/// <remarks>
/// Ownership: the engine. What is due in the present step lies in one buffer that is used again; what is due later is copied. It is bounded by its
/// senders: each has one message for each interval, or a backlog of <see cref="Devices.SenderFaults.MaxBacklog"/>.
/// </remarks>
internal sealed class Outbox
{
    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);
    private readonly List<Entry> _due = [];
    private readonly PriorityQueue<Kept, (long Due, long Order)> _later = new();
    private long _order;
    private long _until;

    /// <summary>Begins a step that ends at a Unix time.</summary>
    public void Begin(long until) => _until = until;

    /// <summary>Takes a message; the payload is copied.</summary>
    public void Add(in CityMessage message, ReadOnlySpan<byte> payload)
    {
        if (message.DueMs >= _until)
        {
            _later.Enqueue(new Kept(message, payload.ToArray()), (message.DueMs, _order++));
            return;
        }

        _due.Add(new Entry(message, _bytes.WrittenCount, payload.Length, _order++));
        _bytes.Write(payload);
    }

    /// <summary>Hands out everything that is due before the end of the step.</summary>
    public void Flush(ICityOutput output)
    {
        while (_later.TryPeek(out var kept, out var key) && key.Due < _until)
        {
            _later.Dequeue();
            _due.Add(new Entry(kept.Message, _bytes.WrittenCount, kept.Payload.Length, key.Order));
            _bytes.Write(kept.Payload);
        }

        _due.Sort(static (a, b) => a.Message.DueMs != b.Message.DueMs ? a.Message.DueMs.CompareTo(b.Message.DueMs) : a.Order.CompareTo(b.Order));
        foreach (var entry in _due)
        {
            output.Send(entry.Message, _bytes.WrittenSpan.Slice(entry.Offset, entry.Length));
        }

        _due.Clear();
        _bytes.ResetWrittenCount();
    }

    private readonly record struct Entry(CityMessage Message, int Offset, int Length, long Order);

    private sealed record Kept(CityMessage Message, byte[] Payload);
}
