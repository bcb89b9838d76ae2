namespace TrafficCore.Simulators.Load;

/// <summary>The service's conservation ledger at one moment. Immutable.</summary>
internal sealed record LedgerCounts(
    long Received, long Stored, long Duplicate, long Late, long Rejected, long Corrupt, long InFlight, long Unexplained)
{
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
}
