using TrafficCore.Traffic.Windows;

namespace TrafficCore.Boards.Rules;

/// <summary>One approach in one window: what rules read of its rows. Immutable.</summary>
public sealed record ApproachSample
{
    /// <summary>Window end, Unix milliseconds UTC.</summary>
    public required long End { get; init; }

    /// <summary>Share of free-flow speed; null when unknown.</summary>
    public double? SpeedRatio { get; init; }

    /// <summary>Percent; null when unknown.</summary>
    public double? Occupancy { get; init; }

    /// <summary>Observed share of the expected time; null when unknown.</summary>
    public double? Coverage { get; init; }

    /// <summary>Revision of the approach's row.</summary>
    public int Revision { get; init; }

    /// <summary>Its detectors whose rows say that they are broken (stuck, chattering, contradicting themselves).</summary>
    public IReadOnlyList<string> Broken { get; init; } = [];

    /// <summary>The sample after a publication: a correction brings only the rows that changed.</summary>
    /// <param name="known">The sample so far; null for the first publication.</param>
    /// <param name="row">The approach's row; null when it did not change.</param>
    /// <param name="detectors">Rows of its detectors.</param>
    /// <param name="end">Window end.</param>
    internal static ApproachSample Merge(ApproachSample? known, FlowRow? row, IReadOnlyList<FlowRow> detectors, long end)
    {
        var sample = row is null
            ? known ?? new ApproachSample { End = end }
            : new ApproachSample
            {
                End = end, SpeedRatio = row.SpeedRatio, Occupancy = row.Occupancy, Coverage = row.Coverage, Revision = row.Revision, Broken = known?.Broken ?? [],
            };
        return detectors.Count == 0 ? sample : sample with
        {
            Broken =
            [
                .. sample.Broken.Where(id => detectors.All(d => d.Id != id))
                    .Concat(detectors.Where(d => d.Health is RowHealth.StuckOn or RowHealth.Chatter or RowHealth.Inconsistent).Select(d => d.Id))
                    .Order(StringComparer.Ordinal),
            ],
        };
    }

    /// <summary>What a step reads here; null when the sample must not be believed: unknown is neither bad nor good.</summary>
    internal WindowEvidence? Read(RuleStep step, long length, double minimumCoverage)
    {
        // A silent detector has no part in the value and shows in the coverage; a broken one has.
        if (Coverage is not { } coverage || coverage < minimumCoverage || Broken.Count > 0)
        {
            return null;
        }

        if (step.When.SpeedRatio is { } ratio && SpeedRatio is { } speed)
        {
            return new WindowEvidence(End - length, BoardMetric.SpeedRatio, speed, ratio.Enter, ratio.Exit, coverage, Revision);
        }

        return step.When.Occupancy is { } thresholds && Occupancy is { } occupancy
            ? new WindowEvidence(End - length, BoardMetric.Occupancy, occupancy, thresholds.Enter, thresholds.Exit, coverage, Revision)
            : null;
    }
}
