using TrafficCore.Log;

namespace TrafficCore.Pipeline.Dispatch;

/// <summary>Hands every durable batch, and every barrier, to all shards in one order.</summary>
/// <remarks>
/// Ownership: the committer (in recovery the replaying thread) gives batches, any thread places barriers, under one
/// short lock. A shard's queue has room for every buffer of the log and for the barriers that may be out at once, so
/// the lock is never held for long. After a fault the committer is held here: no further commit, no further acknowledgement.
/// </remarks>
internal sealed class Dispatcher : ICommitSink
{
    private readonly Lock _gate = new();
    private readonly IReadOnlyList<ShardLoop> _shards;
    private readonly PipelineHealth _health;
    private readonly TaskCompletionSource _released = new();
    private long _end;
    private long _countIn;
    private long _fullWaits;

    public Dispatcher(IReadOnlyList<ShardLoop> shards, PipelineHealth health, long position, long countIn)
    {
        _shards = shards;
        _health = health;
        _end = position;
        _countIn = countIn;
    }

    /// <summary>End of the last batch that was handed out.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>How often a shard's queue was full although it should have had room.</summary>
    public long FullWaits => Volatile.Read(ref _fullWaits);

    /// <summary>End of the last batch and the sum of the header counts up to it, as one pair.</summary>
    public (long End, long CountIn) Progress
    {
        get
        {
            lock (_gate)
            {
                return (_end, _countIn);
            }
        }
    }

    public void OnCommitted(LogBatch batch)
    {
        if (_health.IsFaulted)
        {
            batch.Release();
            _released.Task.Wait();
            return;
        }

        Dispatch(batch);
    }

    /// <summary>Hands out a batch; waits for room, which only replay needs.</summary>
    public void Dispatch(LogBatch batch)
    {
        var count = 0L;
        foreach (var record in batch.Walk())
        {
            count += record.Header.Count;
        }

        lock (_gate)
        {
            _end = batch.End;
            _countIn += count;
            foreach (var shard in _shards)
            {
                batch.AddReference();
                PostUnderLock(shard, new ShardItem(batch));
            }
        }

        batch.Release();
    }

    /// <summary>Passes over positions that cannot be read; in recovery only.</summary>
    public void SkipTo(long position)
    {
        lock (_gate)
        {
            _end = position;
        }
    }

    /// <summary>Places a barrier behind the last batch of every shard.</summary>
    public void Place(ShardBarrier barrier)
    {
        lock (_gate)
        {
            barrier.Place(_end, _countIn);
            foreach (var shard in _shards)
            {
                PostUnderLock(shard, new ShardItem(barrier));
            }
        }
    }

    /// <summary>Lets a committer go that a fault holds, so that the log can be closed.</summary>
    public void Release() => _released.TrySetResult();

    private void PostUnderLock(ShardLoop shard, ShardItem item)
    {
        if (shard.TryPost(item))
        {
            return;
        }

        _fullWaits++;
        if (!shard.Post(item))
        {
            item.Batch?.Release();
            item.Barrier?.Fail(new InvalidOperationException("The shard has ended."));
        }
    }
}
