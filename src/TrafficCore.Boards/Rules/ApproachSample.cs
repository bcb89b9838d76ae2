using TrafficCore.Traffic.Windows;

namespace TrafficCore.Boards.Rules;

/// <summary>One approach in one window: what rules read of its rows. Immutable.</summary>
public sealed record ApproachSample
{
    /// <summary>Window end, Unix milliseconds UTC.</summary>
    public required long End { get; init; }

    /// <summary>Share of free-flow speed; null when unknown.</summary>
    public double? SpeedRatio { get; init; }

    /// <summary>Observed share of the expected time; null when unknown.</summary>
    public double? Coverage { get; init; }

    /// <summary>Revision of the approach's row.</summary>
    public int Revision { get; init; }

    /// <summary>Its counting detectors, ordered by id.</summary>
    public IReadOnlyList<DetectorSample> Detectors { get; init; } = [];

    /// <summary>The sample after a publication: a correction brings only the rows that changed.</summary>
    /// <param name="known">The sample so far; null for the first publication.</param>
    /// <param name="row">The approach's row; null when it did not change.</param>
    /// <param name="detectors">Rows of its detectors.</param>
    /// <param name="end">Window end.</param>
    internal static ApproachSample Merge(ApproachSample? known, FlowRow? row, IReadOnlyList<FlowRow> detectors, long end)
    {
        var sample = row is null
            ? known ?? new ApproachSample { End = end }
            : new ApproachSample { End = end, SpeedRatio = row.SpeedRatio, Coverage = row.Coverage, Revision = row.Revision, Detectors = known?.Detectors ?? [] };
        return detectors.Count == 0 ? sample : sample with
        {
            Detectors =
            [
                .. sample.Detectors.Where(kept => detectors.All(d => d.Id != kept.Id))
                    .Concat(detectors.Select(d => After(sample.Find(d.Id), DetectorSample.Of(d))))
                    .OrderBy(d => d.Id, StringComparer.Ordinal),
            ],
        };
    }

    /// <summary>The sample behind the one before it: a detector that stands, or of which nothing is known, has stood before.</summary>
    /// <param name="before">The sample before it.</param>
    /// <param name="length">Window length, ms.</param>
    internal ApproachSample Behind(ApproachSample before, long length) => this with
    {
        Detectors =
        [
            .. Detectors.Select(d => before.Find(d.Id) is { } last && (d.StandingMs > 0 || d.OccupancyMs == 0)
                ? d with { StandingMs = last.StandingMs + (d.OccupancyMs > 0 ? length : 0) }
                : d),
        ],
    };

    /// <summary>What a step reads here; null when the sample must not be believed: unknown is neither bad nor good.</summary>
    /// <remarks>Of several metrics the one counts by which the window is worst, so that a window is good only when it is good by each.</remarks>
    internal WindowEvidence? Read(RuleStep step, long length, double minimumCoverage, ApproachDetectors places)
    {
        // A silent detector has no part in the value and shows in the coverage; a broken one has.
        if (Coverage is not { } coverage || coverage < minimumCoverage || Detectors.Any(places.IsBroken))
        {
            return null;
        }

        var speed = step.When.SpeedRatio is { } ratio && SpeedRatio is { } value
            ? new WindowEvidence(End - length, BoardMetric.SpeedRatio, value, ratio.Enter, ratio.Exit, coverage, Revision)
            : null;
        var density = step.When.Occupancy is { } limits && Highest(Detectors, places) is { } highest
            ? new WindowEvidence(End - length, BoardMetric.Occupancy, highest, limits.Enter, limits.Exit, coverage, Revision)
            {
                IsStanding = highest >= limits.Enter && !(Highest(Detectors.Where(d => d.StandingMs == 0), places) >= limits.Enter),
            }
            : null;
        return density is null || speed?.Badness >= density.Badness ? speed : density;
    }

    /// <summary>Percent, of the lanes of that phase of which it is highest; null when unknown.</summary>
    private static double? Highest(IEnumerable<DetectorSample> detectors, ApproachDetectors places) => detectors
        .Where(d => d.OccupancyMs > 0 && !places.IsAtStopBar(d.Id))
        .GroupBy(d => places.PhaseOf(d.Id))
        .Max(lanes => (double?)lanes.Sum(d => d.OccupancyWeighted) / lanes.Sum(d => d.OccupancyMs) / 1000);

    // A correction of the oldest window that is kept must not forget what came before it.
    private static DetectorSample After(DetectorSample? known, DetectorSample row) =>
        row.StandingMs > 0 && known is { StandingMs: > 0 } ? row with { StandingMs = known.StandingMs } : row;

    private DetectorSample? Find(string id) => Detectors.FirstOrDefault(d => d.Id == id);
}
