namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// Acknowledgements of one connection, encoded, in the order of what they acknowledge, each batch with the positions of input log and session
/// journal that must be durable before it may leave. Made at the connection's first acknowledgement; bytes and marks are reused.
/// </summary>
/// <remarks>Ownership: the output's lock.</remarks>
internal sealed class PendingAcks
{
    private readonly Queue<Mark> _marks = new(4);
    private byte[] _bytes = new byte[64];
    private int _start;
    private int _end;

    /// <summary>PUBACKs waiting: what counts against the receive maximum beside open QoS 2 exchanges.</summary>
    public int Pubacks { get; private set; }

    /// <summary>Bytes waiting.</summary>
    public int Length => _end - _start;

    /// <summary>Appends a batch. Position 0 waits for nothing but the batches before it.</summary>
    public void Append(ReadOnlySpan<byte> acks, int pubacks, long position, long journalPosition = 0)
    {
        Reserve(acks.Length);
        acks.CopyTo(_bytes.AsSpan(_end));
        _end += acks.Length;
        _marks.Enqueue(new Mark(position, journalPosition, acks.Length, pubacks));
        Pubacks += pubacks;
    }

    /// <summary>Moves every batch to <paramref name="output"/> that may leave, up to the first that may not.</summary>
    public void TakeDurable(long durableEnd, long journalEnd, ScratchBuffer output)
    {
        var ready = 0;
        while (_marks.TryPeek(out var mark) && mark.Position <= durableEnd && mark.JournalPosition <= journalEnd)
        {
            _marks.Dequeue();
            ready += mark.Length;
            Pubacks -= mark.Pubacks;
        }

        if (ready > 0)
        {
            output.Append(_bytes.AsSpan(_start, ready));
            _start += ready;
            if (_start == _end)
            {
                _start = _end = 0;
            }
        }
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _end >= count)
        {
            return;
        }

        var used = _end - _start;
        var target = used + count > _bytes.Length ? new byte[Math.Max(_bytes.Length * 2, used + count)] : _bytes;
        _bytes.AsSpan(_start, used).CopyTo(target);
        _bytes = target;
        _start = 0;
        _end = used;
    }

    private readonly record struct Mark(long Position, long JournalPosition, int Length, int Pubacks);
}
