using TrafficCore.Storage.Delivery;

namespace TrafficCore.Storage.History;

/// <summary>A question for rejected payloads.</summary>
/// <param name="After">The place after which to begin.</param>
/// <param name="ToMs">End, Unix ms, exclusive.</param>
/// <param name="Reason">Only this reason; null for all.</param>
/// <param name="Limit">Payloads at most.</param>
public sealed record QuarantineQuery(QuarantinePlace After, long ToMs, string? Reason, int Limit);

/// <summary>A place in the quarantine: it is ordered by receive time, then by position in the output.</summary>
/// <param name="ReceivedMs">Receive time, Unix ms.</param>
/// <param name="Position">Position in the output; -1 stands before everything that was received at that time.</param>
public readonly record struct QuarantinePlace(long ReceivedMs, long Position)
{
    /// <summary>Before everything that was received at this time or later.</summary>
    public static QuarantinePlace Before(long receivedMs) => new(receivedMs, -1);

    /// <summary>Whether it comes first.</summary>
    public bool IsBefore(QuarantinePlace other) => (ReceivedMs, Position).CompareTo((other.ReceivedMs, other.Position)) < 0;
}

/// <summary>A part of the quarantine.</summary>
/// <param name="Next">The place to go on from, when there is more than one answer may hold; null when this is everything.</param>
/// <param name="Rejected">
/// The payloads, ascending, read from the store while they are enumerated: an answer that its client takes slowly holds a few of them, not all.
/// </param>
public sealed record QuarantinePage(QuarantinePlace? Next, IAsyncEnumerable<PlacedRejection> Rejected);

/// <summary>A rejected payload and its place, which no other has.</summary>
/// <param name="Place">Its place.</param>
/// <param name="Rejected">What was rejected.</param>
public readonly record struct PlacedRejection(QuarantinePlace Place, RejectedPayload Rejected);
