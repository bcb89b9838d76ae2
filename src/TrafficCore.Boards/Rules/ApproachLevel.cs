using TrafficCore.Boards.Memory;

namespace TrafficCore.Boards.Rules;

/// <summary>
/// The step that one approach has reached under one rule: up after some bad windows in a row, down after some good ones, and between
/// the thresholds, or when nothing is known, as it was. Owned by its rule.
/// </summary>
internal sealed class ApproachLevel(BoardRule rule, ApproachHistory history)
{
    // The window in which a detector sticks looks like a slow queue that then stands: one window with a value of moving vehicles proves nothing, two do.
    private const int MovingWindows = 2;

    public ApproachKey Approach => history.Approach;

    /// <summary>The step, from 1; 0: none.</summary>
    public int Step { get; private set; }

    /// <summary>End of the newest window that was believed; null when there was none yet.</summary>
    public long? Believed { get; private set; }

    /// <summary>When what is known here goes stale.</summary>
    public long Expires => Believed is { } end ? end + rule.ExpiryMs : long.MinValue;

    public WindowEvidence? Latest { get; private set; }

    /// <summary>The windows that led to the step, or away from the one before it.</summary>
    public IReadOnlyList<WindowEvidence> Windows { get; private set; } = [];

    public void Judge(long end)
    {
        // Nothing was believed for so long that what was known is no longer true of now; a new beginning takes its windows in a row.
        Step = Expires <= end ? 0 : Step;
        if (history.Read(rule.Steps[Math.Max(0, Step - 1)], end, rule.MinimumCoverage) is { } read)
        {
            (Believed, Latest) = (end, read);
            Rise(end);
            Fall(end);
        }
    }

    public void Restore(LevelMemory memory, int step) => (Step, Believed, Latest, Windows) = (step, memory.Believed, memory.Latest, memory.Windows);

    /// <summary>Whether this approach is worse off than another one at the same step.</summary>
    public bool IsWorseThan(ApproachLevel other) => Latest is { } mine && (other.Latest is not { } its || mine.Badness > its.Badness);

    private void Rise(long end)
    {
        for (var step = rule.Steps.Count; step > Step; step--)
        {
            if (history.Read(rule.Steps[step - 1], end, rule.EnterWindows, rule.MinimumCoverage) is { } windows && IsProven(windows))
            {
                (Step, Windows, Latest) = (step, windows, windows[^1]);
                return;
            }
        }
    }

    private void Fall(long end)
    {
        while (Step > 0
            && history.Read(rule.Steps[Step - 1], end, rule.ExitWindows, rule.MinimumCoverage) is { } windows && IsOver(windows))
        {
            (Step, Windows, Latest) = (Step - 1, windows, windows[^1]);
        }
    }

    private static bool IsBad(WindowEvidence read) => read.Metric == BoardMetric.Occupancy ? read.Value >= read.Enter : read.Value <= read.Enter;

    private static bool IsGood(WindowEvidence read) => read.Metric == BoardMetric.Occupancy ? read.Value <= read.Exit : read.Value >= read.Exit;

    private bool IsProven(IReadOnlyList<WindowEvidence> windows) =>
        (rule.Average ? windows.Average(w => w.Badness) >= 0 : windows.All(IsBad)) && windows.Count(w => IsBad(w) && !w.IsStanding) >= Math.Min(MovingWindows, windows.Count);

    private bool IsOver(IReadOnlyList<WindowEvidence> windows) => rule.Average ? windows.Average(w => w.Badness) <= WindowEvidence.Good : windows.All(IsGood);
}
