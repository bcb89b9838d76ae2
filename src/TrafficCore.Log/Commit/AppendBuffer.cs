namespace TrafficCore.Log;

/// <summary>One buffer of a <see cref="GroupCommitLog"/>: records, and who waits for them.</summary>
/// <remarks>
/// Ownership: filled under the log's lock; then the committer's alone until its waiters are told; then its batch belongs to
/// whoever holds references, and comes back to the log when there are none.
/// </remarks>
internal sealed class AppendBuffer : IBatchOwner
{
    private readonly GroupCommitLog _log;
    private readonly HashSet<ICommitWaiter> _waiters = new(ReferenceEqualityComparer.Instance);
    private int _connections;

    public AppendBuffer(GroupCommitLog log, int capacity, bool pooled)
    {
        _log = log;
        Pooled = pooled;
        Batch = new LogBatch(this, capacity);
    }

    public LogBatch Batch { get; }

    /// <summary>False for one that was made for a long record: it is not kept.</summary>
    public bool Pooled { get; }

    /// <summary>How often it was appended to.</summary>
    public int Appends { get; private set; }

    public int Acks { get; private set; }

    /// <summary>Sum of the records' counts.</summary>
    public long Count { get; private set; }

    public void Begin(long start)
    {
        Batch.Begin(start);
        Appends = 0;
        Acks = 0;
        Count = 0;
    }

    public void Add(ReadOnlySpan<byte> records, long count, int acks, ICommitWaiter? waiter)
    {
        Batch.Add(records);
        Appends++;
        Count += count;
        Acks += acks;
        if (waiter is not null && _waiters.Add(waiter) && acks > 0)
        {
            _connections++;
        }
    }

    /// <summary>The burst rule: waiting longer would only idle senders whose windows are full.</summary>
    public bool IsBurst(LogOptions options) =>
        Acks >= options.BurstAcks && Acks >= (long)options.BurstAcksPerConnection * _connections;

    /// <summary>Tells each waiter once, and forgets them.</summary>
    public void TellWaiters(long durableEnd, Action<Exception> onFailure)
    {
        foreach (var waiter in _waiters)
        {
            try
            {
                waiter.OnCommitted(durableEnd);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // One connection's bug must not cost the others their acknowledgements.
                onFailure(failure);
            }
        }

        _waiters.Clear();
        _connections = 0;
    }

    /// <summary>The log closes without having made this durable.</summary>
    public void Abort()
    {
        foreach (var waiter in _waiters)
        {
            (waiter as AppendWaiter)?.Abort();
        }

        _waiters.Clear();
    }

    public void Return(LogBatch batch) => _log.Return(this);
}
