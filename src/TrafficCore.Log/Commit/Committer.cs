namespace TrafficCore.Log;

/// <summary>What one commit came to.</summary>
internal enum CommitOutcome
{
    /// <summary>Nothing was appended.</summary>
    Nothing,

    /// <summary>A buffer is durable and handed on.</summary>
    Committed,

    /// <summary>The disk refuses; the buffer waits for the next try.</summary>
    Refused,

    /// <summary>The sink threw; the log can't go on.</summary>
    SinkFailed,
}

/// <summary>Makes buffers durable, acknowledges, hands on: in this order, on one thread.</summary>
/// <remarks>Ownership: the committer thread, or in tests the caller of <see cref="CommitNext"/>.</remarks>
internal sealed class Committer(AppendQueue queue, SegmentStore store, LogMeter meter, LogOptions options, ICommitSink sink)
{
    // So many appends to one commit come so close that the next is to be expected within its interval.
    private const int SteadyAppends = 4;

    private readonly Action<Exception> _onWaiterFailure = failure => store.Report(LogFaultKind.WaiterFailed, failure);
    private readonly Lock _totals = new();
    private AppendBuffer? _refused;
    private bool _isSteady;
    private long _durableCount;

    /// <summary>Durable end and the sum of counts up to it, as one.</summary>
    public LogTotals Totals
    {
        get
        {
            lock (_totals)
            {
                return new LogTotals(store.Catalog.DurableEnd, _durableCount);
            }
        }
    }

    /// <summary>Commits until the queue is closed and empty, or the log fails.</summary>
    public void Run()
    {
        var retry = options.RetryMinimum;
        while (true)
        {
            if (_refused is null)
            {
                // In this order: nothing is appended once it is closed, so nothing can come between.
                var closed = queue.IsClosed;
                var due = queue.UntilDue();
                if (due is null && closed)
                {
                    return;
                }

                if (due != TimeSpan.Zero)
                {
                    queue.Sleep(due);
                    continue;
                }
            }

            switch (CommitNext())
            {
                case CommitOutcome.SinkFailed:
                case CommitOutcome.Refused when queue.IsClosed:
                    return;
                case CommitOutcome.Refused:
                    queue.Sleep(retry);
                    retry = TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, options.RetryMaximum.Ticks));
                    break;
                case CommitOutcome.Committed when _isSteady:
                    retry = options.RetryMinimum;
                    queue.Rest();
                    break;
                default:
                    retry = options.RetryMinimum;
                    break;
            }
        }
    }

    /// <summary>One commit of what is there.</summary>
    public CommitOutcome CommitNext()
    {
        var buffer = _refused ?? queue.TakeNext();
        if (buffer is null)
        {
            return CommitOutcome.Nothing;
        }

        if (!TryPersist(buffer))
        {
            return CommitOutcome.Refused;
        }

        _isSteady = buffer.Appends >= SteadyAppends;
        buffer.TellWaiters(buffer.Batch.End, _onWaiterFailure);
        try
        {
            sink.OnCommitted(buffer.Batch);
            return CommitOutcome.Committed;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            queue.Close();
            store.Report(LogFaultKind.SinkFailed, failure);
            return CommitOutcome.SinkFailed;
        }
    }

    /// <summary>Fails who waits for what will not be committed any more.</summary>
    public void Abort()
    {
        for (var buffer = _refused ?? queue.TakeNext(); buffer is not null; buffer = queue.TakeNext())
        {
            buffer.Abort();
        }

        _refused = null;
    }

    private bool TryPersist(AppendBuffer buffer)
    {
        var durable = store.TryPersist(buffer.Batch.Records, out var failure);
        _refused = durable ? null : buffer;
        if (durable)
        {
            lock (_totals)
            {
                store.Advance(buffer.Batch.Length);
                _durableCount += buffer.Count;
            }

            meter.Committed(buffer.Batch.Length, buffer.Acks);
        }

        var changes = durable != meter.Available;
        meter.Refusal = durable ? null : failure;
        if (changes)
        {
            queue.SetAvailable(durable);
            store.Report(durable ? LogFaultKind.Available : LogFaultKind.Unavailable, failure);
        }

        return durable;
    }
}
