namespace TrafficCore.Host.Upstream;

/// <summary>
/// Which messages wait for which log position, oldest first, and acknowledges them when the log has passed it. Bounded by what the client may leave
/// unacknowledged.
/// </summary>
/// <remarks>
/// Ownership: any thread, one short lock, under which messages are acknowledged: so they are in order, and what has settled has been acknowledged. The committer may
/// reach a position before it is added.
/// </remarks>
internal sealed class CommitMarks(TimeProvider time, Action<long> acknowledge)
{
    private readonly Lock _gate = new();
    private readonly Queue<Mark> _marks = new();
    private TaskCompletionSource? _settled;
    private long _durable;

    /// <summary>How long the oldest message has waited; zero when none does.</summary>
    public TimeSpan Lag
    {
        get
        {
            lock (_gate)
            {
                return _marks.TryPeek(out var oldest) ? time.GetElapsedTime(oldest.Since) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Messages up to a ticket wait for a position. Ticket 0: they want no acknowledgement.</summary>
    public void Add(long position, long ticket)
    {
        lock (_gate)
        {
            _marks.Enqueue(new Mark(position, ticket, time.GetTimestamp()));
            AcknowledgeUnderLock();
        }
    }

    /// <summary>Everything below a position is durable.</summary>
    public void Reach(long durable)
    {
        lock (_gate)
        {
            _durable = Math.Max(_durable, durable);
            AcknowledgeUnderLock();
        }
    }

    /// <summary>Ends when nothing waits.</summary>
    public Task WhenSettledAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return _marks.Count == 0
                ? Task.CompletedTask
                : (_settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellation);
        }
    }

    private void AcknowledgeUnderLock()
    {
        long ticket = 0;
        while (_marks.TryPeek(out var mark) && mark.Position <= _durable)
        {
            _marks.Dequeue();
            ticket = Math.Max(ticket, mark.Ticket);
        }

        if (ticket > 0)
        {
            acknowledge(ticket);
        }

        if (_marks.Count == 0)
        {
            _settled?.TrySetResult();
            _settled = null;
        }
    }

    private readonly record struct Mark(long Position, long Ticket, long Since);
}
