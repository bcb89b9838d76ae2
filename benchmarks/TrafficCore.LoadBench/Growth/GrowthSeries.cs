namespace TrafficCore.LoadBench.Growth;

/// <summary>A series: what grows, through which sizes, and what that may cost. Immutable.</summary>
/// <param name="Name">Name in results.</param>
/// <param name="Sizes">Sizes, ascending.</param>
/// <param name="Limits">Pairs of sizes, the larger of which may cost at most so many times the smaller one.</param>
internal sealed record GrowthSeries(string Name, IReadOnlyList<int> Sizes, IReadOnlyList<GrowthLimit> Limits)
{
    /// <summary>All of them, with what the project wants of them.</summary>
    public static readonly IReadOnlyList<GrowthSeries> All =
    [
        new(GrowthMeasurement.Intersections, [10, 100, 1_000, 10_000], [new(10, 10_000, 1.3)]),
        new(GrowthMeasurement.Connections, [50, 500, 5_000], [new(50, 500, 1.3), new(500, 5_000, 1.3)]),
        new(GrowthMeasurement.Shards, [1, 2, 4], []),
    ];

    /// <summary>What is wanted of what was measured.</summary>
    public IEnumerable<Verdict> Judge(IReadOnlyList<GrowthMeasurement> all)
    {
        foreach (var limit in Limits)
        {
            var (from, to) = (CostAt(all, limit.From), CostAt(all, limit.To));
            if (from is { } small && to is { } large)
            {
                yield return new Verdict(
                    FormattableString.Invariant($"{limit.To} {Name} cost {large.Median / small.Median:0.00} times as much as {limit.From}, wanted are at most {limit.Times:0.0}"),
                    large.Median / small.Median <= limit.Times);
            }
        }
    }

    private Spread? CostAt(IReadOnlyList<GrowthMeasurement> all, int size)
    {
        var costs = all.Where(m => m.Series == Name && m.Size == size).Select(static m => m.CpuPerMillion).ToArray();
        return costs.Length == 0 ? null : Spread.Of(costs);
    }
}

/// <summary>One limit of a series.</summary>
/// <param name="From">Smaller size.</param>
/// <param name="To">Larger size.</param>
/// <param name="Times">How many times as much a reading may cost there.</param>
internal sealed record GrowthLimit(int From, int To, double Times);
