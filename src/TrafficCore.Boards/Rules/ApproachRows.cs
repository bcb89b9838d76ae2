using TrafficCore.Traffic.Windows;

namespace TrafficCore.Boards.Rules;

/// <summary>The newest row of each approach and window length. Owned by the director.</summary>
internal sealed class ApproachRows
{
    private readonly Dictionary<(ApproachKey Approach, long Length), FlowRow> latest = [];

    public void Offer(FlowRow row)
    {
        if (row.Level != FlowLevel.Approach)
        {
            return;
        }

        var key = (new ApproachKey(row.Intersection, row.Id), row.Length);
        if (!latest.TryGetValue(key, out var known) || row.Start > known.Start
            || (row.Start == known.Start && row.Revision > known.Revision))
        {
            latest[key] = row;
        }
    }

    /// <summary>The row as evidence for a rule; null when there is none that the rule may believe.</summary>
    public BoardEvidence? Find(BoardRule rule, ApproachKey approach, long now, long maxAge)
    {
        var length = (long)rule.Window.TotalMilliseconds;
        if (!latest.TryGetValue((approach, length), out var row) || now - (row.Start + row.Length) > maxAge)
        {
            return null;
        }

        var value = rule.Metric == BoardMetric.Occupancy ? row.Occupancy : row.SpeedRatio;
        if (value is not { } known || row.Coverage is not { } coverage || coverage < rule.MinimumCoverage)
        {
            return null;
        }

        return new BoardEvidence
        {
            Approach = approach,
            Metric = rule.Metric,
            Value = known,
            Enter = rule.Enter,
            Exit = rule.Exit,
            Start = row.Start,
            Length = row.Length,
            Coverage = coverage,
            Revision = row.Revision,
        };
    }
}
