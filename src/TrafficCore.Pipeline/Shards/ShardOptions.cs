using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>What a shard needs of the configuration, times in milliseconds. Immutable.</summary>
internal sealed record ShardOptions
{
    /// <summary>Lengths of windows; <c>Windows:Length</c>.</summary>
    public WindowLengths Lengths { get; init; } = WindowLengths.Default;

    /// <summary>How far behind its own watermark a reading may be; <c>Windows:Lateness</c>.</summary>
    public long LatenessMs { get; init; } = 7 * 86_400_000L;

    /// <summary>Liveness of a device without a known interval, and the least hold; <c>Windows:IdleTimeout</c>.</summary>
    public long IdleTimeoutMs { get; init; } = 10_000;

    /// <summary>How long an untouched page stays in memory; <c>Windows:InMemory</c>.</summary>
    public long InMemoryMs { get; init; } = 15 * 60_000;

    /// <summary>How long a page is kept after it was last written; <c>History:Keep</c>.</summary>
    public long HistoryKeepMs { get; init; } = 8 * 86_400_000L;

    /// <summary>How levels of service are judged; section <c>Service</c>.</summary>
    public ServiceRules Service { get; init; } = ServiceRules.Default;

    /// <summary>Pages beyond this leave memory at the next flush: a long back-fill must not fill memory with old hours.</summary>
    public long ResidentPageBytes { get; init; } = 256L << 20;
}
