using TrafficCore.Boards.Rules;

namespace TrafficCore.Boards.Delivery;

/// <summary>What a board is to show. Immutable; sent retained, so that a board that comes back finds it.</summary>
public sealed record BoardMessage
{
    /// <summary>Which board.</summary>
    public required BoardKey Board { get; init; }

    /// <summary>The same for every repeat and renewal of one message; the board's status refers to it.</summary>
    public required string Id { get; init; }

    /// <summary>MULTI text; empty blanks the board.</summary>
    public required string Multi { get; init; }

    /// <summary>NTCIP priority 1..255; null for a blank.</summary>
    public int? Priority { get; init; }

    /// <summary>Unix milliseconds UTC after which the board must not show it; null for a blank, which never goes stale.</summary>
    public long? Expires { get; init; }

    /// <summary>Why.</summary>
    public required BoardReason Reason { get; init; }
}

/// <summary>A change of what a board is to show: one line of the board log. Immutable.</summary>
/// <param name="Time">Event time, Unix milliseconds UTC: the end of the deciding window, the expiry, or the operator's moment. Rises strictly for each board.</param>
/// <param name="Message">What it is to show from then on; a blank has no text.</param>
public sealed record BoardDecision(long Time, BoardMessage Message)
{
    /// <summary><c>commanded</c> or <c>blanked</c>.</summary>
    public string State => Message.Multi.Length > 0 ? "commanded" : "blanked";
}

/// <summary>What a board says it shows.</summary>
/// <param name="Id">Id of the message it refers to; null when it names none.</param>
/// <param name="State">What it says: <c>shown</c>, <c>blank</c>, <c>rejected</c>, <c>failed</c>.</param>
/// <param name="Multi">What stands on it, when it says so.</param>
/// <param name="Ts">The device's time, Unix milliseconds UTC, when it says so.</param>
/// <param name="Error">The device's own words on what went wrong.</param>
public sealed record BoardStatus(string? Id, string State, string? Multi, long? Ts, string? Error);

/// <summary>A board says something else than before: for the history of its device.</summary>
/// <param name="Board">Which board.</param>
/// <param name="Received">When it said so, Unix milliseconds UTC.</param>
/// <param name="Status">What it said.</param>
public sealed record BoardStatusChange(BoardKey Board, long Received, BoardStatus Status);
