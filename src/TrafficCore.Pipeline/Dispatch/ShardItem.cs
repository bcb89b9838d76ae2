using TrafficCore.Log;

namespace TrafficCore.Pipeline.Dispatch;

/// <summary>What travels in a shard's queue: durable records, or a barrier behind them.</summary>
internal readonly struct ShardItem
{
    public ShardItem(LogBatch batch) => Batch = batch;

    public ShardItem(ShardBarrier barrier) => Barrier = barrier;

    public LogBatch? Batch { get; }

    public ShardBarrier? Barrier { get; }
}
