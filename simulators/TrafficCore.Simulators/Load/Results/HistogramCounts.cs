namespace TrafficCore.Simulators.Load;

/// <summary>A histogram as JSON carries it: exact, so that those of several generators can be added up.</summary>
/// <param name="SubBits">Buckets per power of two, as a power of two itself; only equal ones can be added.</param>
/// <param name="Max">The largest value, nanoseconds.</param>
/// <param name="Buckets">Pairs of bucket and count, buckets ascending, empty ones left out.</param>
internal sealed record HistogramCounts(int SubBits, long Max, IReadOnlyList<long[]> Buckets);
