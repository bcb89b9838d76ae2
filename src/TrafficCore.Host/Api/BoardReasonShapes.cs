namespace TrafficCore.Host.Api;

/// <summary>Why a board shows what it shows; the same shape as in the board's MQTT message.</summary>
public sealed record BoardReasonAnswer
{
    /// <summary>The rule; <c>manual</c> for an operator's message, <c>none</c> when nothing asked for anything yet.</summary>
    public required string Rule { get; init; }

    /// <summary>The rule's version.</summary>
    public int? Version { get; init; }

    /// <summary>The rule's step.</summary>
    public string? Step { get; init; }

    /// <summary>What happened and the numbers.</summary>
    public required BoardCauseAnswer Because { get; init; }

    /// <summary>What asked for the board as well and did not get it.</summary>
    public IReadOnlyList<BoardLoserAnswer>? Lost { get; init; }
}

/// <summary>What made a rule act. Numbers are of the newest believed window; absent when there were none.</summary>
public sealed record BoardCauseAnswer
{
    /// <summary><c>entered</c>, <c>upheld</c>, <c>escalated</c>, <c>eased</c>, <c>cleared</c>, <c>expired</c>, <c>manual</c>, <c>ended</c>, <c>removed</c>, <c>rules-changed</c>, <c>change-limit</c> or <c>idle</c>.</summary>
    public required string Event { get; init; }

    /// <summary>Since when the rule or the operator asks for this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why it still stands although its condition does not hold: <c>minimum-on</c> or <c>change-limit</c>.</summary>
    public string? Held { get; init; }

    /// <summary><c>clock</c> when no window decided it.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>The operator.</summary>
    public string? Author { get; init; }

    /// <summary>The operator's remark.</summary>
    public string? Note { get; init; }

    /// <summary>The approach, <c>intersection/approach</c>.</summary>
    public string? Approach { get; init; }

    /// <summary>Window length, e.g. <c>60s</c>.</summary>
    public string? Window { get; init; }

    /// <summary>Window start.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary><c>occupancy</c> or <c>speedRatio</c>.</summary>
    public string? Metric { get; init; }

    /// <summary>Its value.</summary>
    public double? Value { get; init; }

    /// <summary>Enter threshold.</summary>
    public double? Enter { get; init; }

    /// <summary>Exit threshold.</summary>
    public double? Exit { get; init; }

    /// <summary>Coverage of the window.</summary>
    public double? Coverage { get; init; }

    /// <summary>Revision of the row.</summary>
    public int? Revision { get; init; }

    /// <summary>The windows that led to the step's beginning, or to its end.</summary>
    public IReadOnlyList<BoardWindowAnswer>? Windows { get; init; }
}

/// <summary>What a rule read in one window.</summary>
/// <param name="Start">Window start.</param>
/// <param name="Metric"><c>occupancy</c> or <c>speedRatio</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Enter">Enter threshold.</param>
/// <param name="Exit">Exit threshold.</param>
/// <param name="Coverage">Coverage of the window.</param>
/// <param name="Revision">Revision of the row.</param>
public sealed record BoardWindowAnswer(DateTimeOffset Start, string Metric, double Value, double Enter, double Exit, double Coverage, int Revision);

/// <summary>A message that lost the arbitration.</summary>
/// <param name="Rule">The rule, or <c>manual</c>.</param>
/// <param name="Step">The rule's step.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Why"><c>lower-priority</c>, <c>equal-priority</c>, <c>does-not-fit</c> or <c>change-limit</c>.</param>
public sealed record BoardLoserAnswer(string Rule, string? Step, int Priority, string Why);
