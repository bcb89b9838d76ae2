using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>The record at hand and what all parts of one shard share. Owned by the shard loop.</summary>
internal sealed class ShardContext(ShardOptions options, IPageStore store, IShardOutput output)
{
    public ShardOptions Options { get; } = options;

    public WindowLengths Lengths { get; } = options.Lengths;

    public IPageStore Store { get; } = store;

    public IShardOutput Output { get; } = output;

    public PagePool Pool { get; } = new();

    public NetworkTimeline Networks { get; } = new();

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
