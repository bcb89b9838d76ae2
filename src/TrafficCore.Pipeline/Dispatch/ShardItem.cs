using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Dispatch;

/// <summary>What travels in a shard's queue: durable records, what could not be read between them, or a barrier.</summary>
internal readonly struct ShardItem
{
    public ShardItem(LogBatch batch) => Batch = batch;

    public ShardItem(ShardBarrier barrier) => Barrier = barrier;

    public ShardItem(DamagedRange damage) => Damage = damage;

    public LogBatch? Batch { get; }

    /// <summary>What could not be read, in recovery.</summary>
    public DamagedRange? Damage { get; }

    public ShardBarrier? Barrier { get; }
}
