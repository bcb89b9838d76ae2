namespace TrafficCore.Simulators.Load;

/// <summary>The service's conservation ledger at one moment, of everything or of some devices. Immutable.</summary>
internal sealed record LedgerCounts(
    long Received, long Stored, long Duplicate, long Late, long Rejected, long Corrupt, long InFlight, long Unexplained)
{
    /// <summary>A ledger in which nothing is.</summary>
    public static readonly LedgerCounts None = new(0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>What happened between an earlier ledger and this one; the balance is the later one's.</summary>
    public LedgerCounts Since(LedgerCounts before) => new(
        Received - before.Received,
        Stored - before.Stored,
        Duplicate - before.Duplicate,
        Late - before.Late,
        Rejected - before.Rejected,
        Corrupt - before.Corrupt,
        InFlight,
        Unexplained);

    /// <summary>The ledger of two sets of devices together.</summary>
    public LedgerCounts Plus(LedgerCounts other) => new(
        Received + other.Received,
        Stored + other.Stored,
        Duplicate + other.Duplicate,
        Late + other.Late,
        Rejected + other.Rejected,
        Corrupt + other.Corrupt,
        InFlight + other.InFlight,
        Unexplained + other.Unexplained);
}
