using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>The record at hand and what all parts of one shard share. Owned by the shard loop.</summary>
internal sealed class ShardContext
{
    public ShardContext(ShardOptions options, IPageStore store, IShardOutput output)
    {
        (Options, Lengths, Store, Output) = (options, options.Lengths, store, output);
        Ticks = new TickSchedule(this);
    }

    public ShardOptions Options { get; }

    public WindowLengths Lengths { get; }

    public IPageStore Store { get; }

    public IShardOutput Output { get; }

    public PagePool Pool { get; } = new();

    public NetworkTimeline Networks { get; } = new();

    /// <summary>Which intersections a tick looks at.</summary>
    public TickSchedule Ticks { get; }

    /// <summary>
    /// What the shard's devices have counted, kept beside them: adding up a quarter of a million of them took 13 ms of every second, most of it waiting
    /// for memory. The ledger adds the devices up all the same, when it is asked.
    /// </summary>
    public LedgerTotals Outcomes { get; } = new();

    /// <summary>Buffer for output bodies.</summary>
    public BodyWriter Body { get; } = new();

    /// <summary>Buffer for pages.</summary>
    public BodyWriter PageBody { get; } = new();

    /// <summary>Position of the record at hand.</summary>
    public long Position { get; private set; }

    /// <summary>Its receive time, as it is: UTC may step.</summary>
    public long ReceivedMs { get; private set; }

    /// <summary>Its elapsed time; never runs backwards, whatever the log says.</summary>
    public long ElapsedMs { get; private set; } = long.MinValue / 2;

    /// <summary>Open and dirty windows of the shard.</summary>
    public int WorkCount { get; set; }

    /// <summary>Bytes of pages that changed since they were last appended.</summary>
    public long DirtyPageBytes { get; set; }

    /// <summary>Those of them that would not be in memory without late readings: the present of a city is as large as it is.</summary>
    public long LateDirtyBytes { get; set; }

    public long ResidentPageBytes { get; set; }

    public void MoveTo(long position, long receivedMs, long elapsedMs)
    {
        Position = position;
        ReceivedMs = receivedMs;
        ElapsedMs = Math.Max(ElapsedMs, elapsedMs);
    }

    /// <summary>Sends what is in <see cref="Body"/> as an output of the record at hand.</summary>
    public void Emit(RecordType type, in OutputHead head) =>
        Output.Emit(type, head.Intersection, head.Cause, head.Ordinal, ReceivedMs, ElapsedMs, Body.Written);
}
