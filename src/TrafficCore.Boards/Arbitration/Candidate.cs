using TrafficCore.Boards.Rules;

namespace TrafficCore.Boards.Arbitration;

/// <summary>A message that asks for a board. Immutable.</summary>
/// <param name="Source">The rule's name, or <c>manual</c>.</param>
/// <param name="Step">The rule's step; for a manual message the moment it was asked for, which tells two of them apart.</param>
/// <param name="Multi">Composed for the board; empty when nothing of it fits.</param>
/// <param name="Priority">1..255.</param>
/// <param name="Since">Since when it asks.</param>
/// <param name="Expires">Until when it may be shown.</param>
/// <param name="Life">How long it may be shown without being upheld; 0: its expiry never moves.</param>
/// <param name="Reason">Why it asks.</param>
internal sealed record Candidate(string Source, string Step, string Multi, int Priority, long Since, long Expires, long Life, BoardReason Reason)
    : IComparable<Candidate>
{
    public const string Manual = "manual";

    public bool IsManual => Source == Manual;

    public bool IsSame(Candidate other) => (Source, Step, Multi) == (other.Source, other.Step, other.Multi);

    /// <summary>
    /// Who goes first: the higher priority; of equals the operator's; then the older, which stays; then the name. No two candidates of a
    /// board are equal, so the order of asking never matters.
    /// </summary>
    public int CompareTo(Candidate? other)
    {
        if (other is null)
        {
            return -1;
        }

        var order = other.Priority.CompareTo(Priority);
        order = order != 0 ? order : other.IsManual.CompareTo(IsManual);
        order = order != 0 ? order : Since.CompareTo(other.Since);
        return order != 0 ? order : string.CompareOrdinal(Source, other.Source);
    }

    /// <summary>Why it does not get the board from a winner.</summary>
    public BoardLoser LosesTo(Candidate? winner, bool isLimited) => new(
        Source,
        IsManual ? null : Step,
        Priority,
        Multi.Length == 0 ? "does-not-fit"
            : isLimited && (winner is null || CompareTo(winner) < 0) ? "change-limit"
            : winner is not null && winner.Priority == Priority ? "equal-priority"
            : "lower-priority");
}
