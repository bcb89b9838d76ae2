using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

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
    private readonly Func<long> _durableCount;
    private long _end;
    private long _countIn;
    private long _countRecovered;
    private long _fullWaits;

    // Recovery's thread only.
    private long _replayed;

    /// <param name="shards">Who gets everything.</param>
    /// <param name="health">Tells when to stop committing.</param>
    /// <param name="durableCount">Sum of the header counts that the log has committed since it was opened; asked on the committer's thread.</param>
    /// <param name="position">Where the shards are.</param>
    /// <param name="countIn">Sum of the header counts up to there.</param>
    public Dispatcher(IReadOnlyList<ShardLoop> shards, PipelineHealth health, Func<long> durableCount, long position, long countIn)
    {
        _shards = shards;
        _health = health;
        _durableCount = durableCount;
        _end = position;
        _countIn = countIn;
        _countRecovered = countIn;
    }

    /// <summary>End of the last batch that was handed out.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>How often a shard's queue was full although it should have had room.</summary>
    public long FullWaits => Volatile.Read(ref _fullWaits);

    /// <summary>Records that recovery has handed out; for its thread.</summary>
    public long Replayed => _replayed;

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

        Dispatch(batch, _countRecovered + _durableCount());
    }

    /// <summary>Hands out a batch that recovery has read; waits for room.</summary>
    public void Replay(LogBatch batch)
    {
        var count = _countIn;
        foreach (var record in batch.Walk())
        {
            count += record.Header.Count;
            _replayed++;
        }

        _countRecovered = count;
        Dispatch(batch, count);
    }

    /// <summary>Passes over positions that cannot be read, and lets the shards count what was probably there; in recovery only.</summary>
    public void Skip(DamagedRange damage)
    {
        lock (_gate)
        {
            _end = damage.Gap.To;
            _countIn += damage.Count;
            _countRecovered = _countIn;
            foreach (var shard in _shards)
            {
                PostUnderLock(shard, new ShardItem(damage));
            }
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

    private void Dispatch(LogBatch batch, long countIn)
    {
        lock (_gate)
        {
            _end = batch.End;
            _countIn = countIn;
            foreach (var shard in _shards)
            {
                batch.AddReference();
                PostUnderLock(shard, new ShardItem(batch));
            }
        }

        batch.Release();
    }

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
