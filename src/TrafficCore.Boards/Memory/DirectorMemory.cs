using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Rules;

namespace TrafficCore.Boards.Memory;

/// <summary>
/// What the director must still know after a restart: everything that its decisions depend on, as of one position of the pipeline's output.
/// Immutable. All times are Unix milliseconds UTC.
/// </summary>
public sealed record DirectorMemory
{
    /// <summary>Where reading the output goes on: at the oldest publication that some board has not taken. Others read it a second time, which changes nothing.</summary>
    public required long Cursor { get; init; }

    /// <summary>The boards, in no particular order.</summary>
    public required IReadOnlyList<BoardMemory> Boards { get; init; }

    /// <summary>Decisions that were not yet known to be in the board log.</summary>
    public IReadOnlyList<BoardDecision> Unlogged { get; init; } = [];
}

/// <summary>One board. Immutable.</summary>
public sealed record BoardMemory
{
    /// <summary>What it is to show, also when that is a blank.</summary>
    public required BoardMessage Message { get; init; }

    /// <summary>The step, or the manual message, that is shown; null while dark.</summary>
    public string? ShownStep { get; init; }

    /// <summary>Event time of the last decision; null before the first.</summary>
    public long? Decided { get; init; }

    /// <summary>The window end that was judged last; null before the first.</summary>
    public long? Judged { get; init; }

    /// <summary>The operator's message.</summary>
    public ManualMessage? Manual { get; init; }

    /// <summary>Changes by rule in the last hour.</summary>
    public IReadOnlyList<long> Changes { get; init; } = [];

    /// <summary>Its rules.</summary>
    public required IReadOnlyList<RuleMemory> Rules { get; init; }

    /// <summary>How far each intersection's windows were taken.</summary>
    public required IReadOnlyList<FeedMemory> Feeds { get; init; }

    /// <summary>The newest windows of each approach.</summary>
    public required IReadOnlyList<HistoryMemory> Histories { get; init; }
}

/// <summary>One rule on one board. Immutable.</summary>
public sealed record RuleMemory
{
    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>The step that it asks for; null: none.</summary>
    public string? Step { get; init; }

    /// <summary>The approach that its message is about.</summary>
    public ApproachKey? Cause { get; init; }

    /// <summary>Since when it asks for the step.</summary>
    public long Since { get; init; }

    /// <summary>When it last ended; null when it never did.</summary>
    public long? Ended { get; init; }

    /// <summary>What started, upheld or ended it.</summary>
    public BoardReason? Reason { get; init; }

    /// <summary>Its approaches.</summary>
    public required IReadOnlyList<LevelMemory> Levels { get; init; }
}

/// <summary>One approach under one rule. Immutable.</summary>
/// <param name="Approach">The approach.</param>
/// <param name="Step">The step that it has reached; null: none.</param>
/// <param name="Believed">End of its newest believed window.</param>
/// <param name="Latest">That window.</param>
/// <param name="Windows">The windows that led to the step.</param>
public sealed record LevelMemory(ApproachKey Approach, string? Step, long? Believed, WindowEvidence? Latest, IReadOnlyList<WindowEvidence> Windows);

/// <summary>One intersection's windows of one length. Immutable.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Length">Window length, ms.</param>
/// <param name="TakenUpTo">The latest window end that was taken.</param>
/// <param name="IsGivenUp">It is not waited for.</param>
public sealed record FeedMemory(string Intersection, long Length, long TakenUpTo, bool IsGivenUp);

/// <summary>The newest windows of one approach and length. Immutable.</summary>
/// <param name="Approach">The approach.</param>
/// <param name="Length">Window length, ms.</param>
/// <param name="Samples">The windows, in order of time.</param>
public sealed record HistoryMemory(ApproachKey Approach, long Length, IReadOnlyList<ApproachSample> Samples);
