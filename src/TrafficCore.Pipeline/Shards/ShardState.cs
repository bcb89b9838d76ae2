using TrafficCore.Log;
using TrafficCore.Pipeline.Ledger;

namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// The state machine of one shard: input records in, pages and outputs out. What it does depends on the records alone.
/// </summary>
/// <remarks>
/// Ownership: one shard loop calls everything; nothing here is thread-safe. Every shard is given every record in log order and
/// skips the intersections of other shards.
/// </remarks>
internal sealed class ShardState
{
#pragma warning disable CA1822, IDE0060 // Filled in by the next commits.
    public ShardState(ShardOptions options, int shard, int shardCount, IPageStore pages, IShardOutput output)
    {
    }

    /// <summary>Something is open, dirty or held: ticks are needed once a second.</summary>
    public bool HasWork => false;

    /// <summary>Bytes of pages that changed since they were last appended.</summary>
    public long DirtyPageBytes => 0;

    /// <summary>The oldest page position that the page index refers to: the state log must keep everything from there.</summary>
    public long OldestPagePosition => long.MaxValue;

    /// <summary>Applies the next input record.</summary>
    public void Apply(long position, in RecordHeader header, ReadOnlySpan<byte> body)
    {
    }

    /// <summary>Appends every changed page to the page store; the pages stay in memory.</summary>
    public void FlushPages()
    {
    }

    /// <summary>Writes everything but the pages, which are flushed first.</summary>
    public void WriteSnapshot(SnapshotPartWriter writer)
    {
    }

    /// <summary>Takes what belongs to this shard from a snapshot of any number of shards; only before the first record.</summary>
    public void Restore(SnapshotPartReader reader)
    {
    }

    /// <summary>Adds this shard's outcomes.</summary>
    public void ReadTotals(LedgerTotals totals)
    {
    }

    /// <summary>A device's outcomes, or null when this shard knows nothing of it. Pseudo devices may be known to two shards: add them.</summary>
    public LedgerTotals? ReadDevice(string intersection, string kind, string device) => null;
}
