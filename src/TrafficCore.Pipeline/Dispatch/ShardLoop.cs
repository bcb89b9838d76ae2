using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Pipeline.Dispatch;

/// <summary>One shard's thread: drains its queue and applies every durable record, in log order, to the shard's state.</summary>
/// <remarks>
/// Ownership: the thread owns <see cref="State"/>, <see cref="Output"/> and the control state; barriers run on it. The properties
/// that others may read are the published ones: <see cref="Position"/>, <see cref="HasWork"/>, <see cref="DirtyPageBytes"/>, <see cref="LateDirtyBytes"/>.
/// A failure ends the applying, not the thread: it goes on releasing batches and failing barriers, so that nobody waits for ever.
/// </remarks>
internal sealed class ShardLoop
{
    private readonly LoopQueue<ShardItem> _queue;
    private readonly ControlState? _control;
    private readonly Action<ShardLoop, Exception> _onFault;
    private readonly Action<ShardLoop>? _onBatch;
    private readonly Thread _thread;
    private Exception? _fault;

    // Written by the shard's thread, read by anyone.
    private long _position;
    private long _countOut;
    private long _dirtyPageBytes;
    private long _lateDirtyBytes;
    private volatile bool _hasWork;
    private LedgerTotals _outcomes = new();

    public ShardLoop(
        int index,
        ShardState state,
        ShardOutput output,
        ControlState? control,
        int queueCapacity,
        Action<ShardLoop, Exception> onFault,
        Action<ShardLoop>? onBatch)
    {
        Index = index;
        State = state;
        Output = output;
        _control = control;
        _onFault = onFault;
        _onBatch = onBatch;
        _queue = new LoopQueue<ShardItem>(queueCapacity);
        _thread = new Thread(Run) { IsBackground = true, Name = $"trafficcore shard {index}" };
    }

    public int Index { get; }

    /// <summary>The shard's state; only from a barrier's work.</summary>
    public ShardState State { get; }

    /// <summary>The shard's way to the output log; only from a barrier's work.</summary>
    public ShardOutput Output { get; }

    /// <summary>What the log says beside readings, as of this position; one shard keeps it for all. Only from a barrier's work.</summary>
    public ControlState? Control => _control;

    public int Queued => _queue.Count;

    /// <summary>End of the last batch that was applied.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Sum of the header counts that this shard has walked through since the data directory was made.</summary>
    public long CountOut => Volatile.Read(ref _countOut);

    public bool HasWork => _hasWork;

    /// <summary>What the shard's devices have counted, as of the last tick; not changed once published.</summary>
    public LedgerTotals Outcomes => Volatile.Read(ref _outcomes);

    public long DirtyPageBytes => Volatile.Read(ref _dirtyPageBytes);

    public long LateDirtyBytes => Volatile.Read(ref _lateDirtyBytes);

    /// <summary>Sets where the shard starts: what a snapshot restored.</summary>
    public void StartAt(long position, long countOut)
    {
        _position = position;
        _countOut = countOut;
        PublishOutcomes();
        Publish();
        _thread.Start();
    }

    /// <summary>Queues an item without waiting. False: the queue is full.</summary>
    public bool TryPost(ShardItem item) => _queue.TryWrite(item);

    /// <summary>Queues an item, waiting for room. False: the shard has ended.</summary>
    public bool Post(ShardItem item) => _queue.Write(item);

    /// <summary>Lets the thread end when its queue is empty.</summary>
    public void Complete() => _queue.Complete();

    public void Join()
    {
        if (_thread.ThreadState != ThreadState.Unstarted)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        while (_queue.WaitToRead())
        {
            while (_queue.TryRead(out var item))
            {
                if (item.Batch is { } batch)
                {
                    Handle(batch);
                }
                else if (item.Damage is { } damage)
                {
                    State.TakeDamage(damage);
                    Volatile.Write(ref _countOut, _countOut + damage.Count);
                    Volatile.Write(ref _position, damage.Gap.To);
                }
                else if (item.Barrier is { } barrier)
                {
                    Handle(barrier);
                }
            }
        }
    }

    private void Handle(LogBatch batch)
    {
        try
        {
            if (_fault is null)
            {
                Apply(batch);
            }
        }
        catch (Exception exception)
        {
            _fault = exception;
            _onFault(this, exception);
        }
        finally
        {
            batch.Release();
        }
    }

    private void Apply(LogBatch batch)
    {
        var count = _countOut;
        var ticked = false;
        foreach (var record in batch.Walk())
        {
            State.Apply(record.Position, record.Header, record.Body);
            _control?.Apply(record);
            count += record.Header.Count;
            ticked |= record.Header.Type == (byte)RecordType.Tick;
        }

        if (ticked)
        {
            PublishOutcomes();
        }

        Output.Flush();
        Volatile.Write(ref _countOut, count);
        Volatile.Write(ref _position, batch.End);
        Publish();
        _onBatch?.Invoke(this);
    }

    private void Handle(ShardBarrier barrier)
    {
        if (_fault is not null)
        {
            barrier.Fail(_fault);
            return;
        }

        try
        {
            barrier.Visit(this);
            Publish();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The disk refused a snapshot's pages: the state is whole and in memory, the next snapshot tries again.
            barrier.Fail(exception);
        }
        catch (Exception exception)
        {
            _fault = exception;
            barrier.Fail(exception);
            _onFault(this, exception);
        }
    }

    private void PublishOutcomes()
    {
        var outcomes = new LedgerTotals();
        outcomes.Add(State.Outcomes);
        Volatile.Write(ref _outcomes, outcomes);
    }

    private void Publish()
    {
        _hasWork = State.HasWork;
        Volatile.Write(ref _dirtyPageBytes, State.DirtyPageBytes);
        Volatile.Write(ref _lateDirtyBytes, State.LateDirtyBytes);
    }
}
