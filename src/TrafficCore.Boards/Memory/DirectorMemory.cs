using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Rules;

namespace TrafficCore.Boards.Memory;

/// <summary>
/// What the director must still know after a restart. Immutable. All times are Unix milliseconds UTC, the clock that messages
/// expire by, so that they mean the same in the next process.
/// </summary>
public sealed record DirectorMemory
{
    /// <summary>The boards, in no particular order.</summary>
    public required IReadOnlyList<BoardMemory> Boards { get; init; }
}

/// <summary>One board. Immutable.</summary>
public sealed record BoardMemory
{
    /// <summary>What it is to show, also when that is a blank.</summary>
    public required BoardMessage Message { get; init; }

    /// <summary>Since when.</summary>
    public required long Since { get; init; }

    /// <summary>Its rules.</summary>
    public required IReadOnlyList<RuleMemory> Rules { get; init; }
}

/// <summary>One rule on one board. Immutable.</summary>
public sealed record RuleMemory
{
    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>Whether it asks for its message.</summary>
    public required bool Active { get; init; }

    /// <summary>Since when it asks.</summary>
    public required long Since { get; init; }

    /// <summary>Until when the last believed window carries it.</summary>
    public required long Expires { get; init; }

    /// <summary>When it last ended; null when it never did.</summary>
    public long? Ended { get; init; }

    /// <summary>What started, upheld or ended it.</summary>
    public BoardReason? Reason { get; init; }
}
