namespace TrafficCore.Boards.Rules;

/// <summary>What a rule compares with its thresholds.</summary>
public enum BoardMetric
{
    /// <summary>Occupancy of the approach, percent; high is bad.</summary>
    Occupancy = 1,

    /// <summary>Speed as a share of the approach's free-flow speed, 0..1; low is bad.</summary>
    SpeedRatio = 2,
}

/// <summary>
/// Why a board shows what it shows: the whole chain from the rule to the windows. Immutable.
/// </summary>
public sealed record BoardReason
{
    /// <summary>The rule's name; <c>manual</c> for an operator's message, <c>none</c> when nothing asks for a message.</summary>
    public required string Rule { get; init; }

    /// <summary>The rule's version; null without a rule.</summary>
    public int? Version { get; init; }

    /// <summary>The step of the rule; null without one.</summary>
    public string? Step { get; init; }

    /// <summary>
    /// What happened: <c>entered</c>, <c>upheld</c>, <c>escalated</c>, <c>eased</c>, <c>cleared</c>, <c>expired</c>, <c>removed</c>,
    /// <c>manual</c>, <c>ended</c>, <c>rules-changed</c> or <c>idle</c>.
    /// </summary>
    public required string Because { get; init; }

    /// <summary>Since when the rule or the operator asks for this, Unix milliseconds UTC; null when nobody does.</summary>
    public long? Since { get; init; }

    /// <summary>The numbers, when there are any.</summary>
    public BoardEvidence? Evidence { get; init; }

    /// <summary>Why it still stands although its condition does not hold: <c>minimum-on</c> or <c>change-limit</c>; null when neither.</summary>
    public string? Held { get; init; }

    /// <summary>True: no window decided it, the clock did.</summary>
    public bool ByClock { get; init; }

    /// <summary>Who asked for a manual message; null when nobody said.</summary>
    public string? Author { get; init; }

    /// <summary>The author's remark.</summary>
    public string? Note { get; init; }

    /// <summary>What asked for the board as well and did not get it.</summary>
    public IReadOnlyList<BoardLoser> Lost { get; init; } = [];
}

/// <summary>A message that lost the arbitration. Immutable.</summary>
/// <param name="Rule">The rule's name, or <c>manual</c>.</param>
/// <param name="Step">The step of the rule.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Why"><c>lower-priority</c>, <c>equal-priority</c> (of equals the operator's goes first, then the older), <c>does-not-fit</c> or <c>change-limit</c>.</param>
public sealed record BoardLoser(string Rule, string? Step, int Priority, string Why);

/// <summary>Windows of an approach, set against the thresholds of a rule. Immutable.</summary>
public sealed record BoardEvidence
{
    /// <summary>The approach, <c>intersection/approach</c>.</summary>
    public required ApproachKey Approach { get; init; }

    /// <summary>Window length, ms.</summary>
    public required long Length { get; init; }

    /// <summary>The newest believed window.</summary>
    public required WindowEvidence Latest { get; init; }

    /// <summary>The windows that led to what happened last (the step's beginning, or its end), in order of time.</summary>
    public required IReadOnlyList<WindowEvidence> Windows { get; init; }
}

/// <summary>What a rule read in one window. Immutable.</summary>
/// <param name="Start">Window start, Unix milliseconds UTC.</param>
/// <param name="Metric">What was compared.</param>
/// <param name="Value">Its value.</param>
/// <param name="Enter">The step's enter threshold.</param>
/// <param name="Exit">The step's exit threshold.</param>
/// <param name="Coverage">How much of the window was observed, 0..1.</param>
/// <param name="Revision">Revision of the row.</param>
public sealed record WindowEvidence(long Start, BoardMetric Metric, double Value, double Enter, double Exit, double Coverage, int Revision)
{
    /// <summary>The value is that bad only because of detectors on which somebody stood all the time: a queue, or a detector that is stuck.</summary>
    public bool IsStanding { get; init; }

    /// <summary>The badness of a value at its exit threshold.</summary>
    internal const double Good = -1;

    /// <summary>By how much of the gap between the thresholds the value is beyond the enter threshold: comparable between metrics.</summary>
    internal double Badness => (Value - Enter) / (Enter - Exit);
}
