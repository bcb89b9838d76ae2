namespace TrafficCore.Simulators.Load;

/// <summary>Decides whether a run lost anything, and says what.</summary>
internal static class LoadVerdict
{
    /// <summary>One sentence for each thing that is wrong; none when all is well.</summary>
    public static IEnumerable<string> Problems(int qos, long planned, long sent, long acknowledged, long refused, int lost, LedgerCounts? grown)
    {
        if (lost > 0)
        {
            yield return $"{lost} connections broke";
        }

        if (sent < planned)
        {
            yield return $"{planned - sent} readings could not be sent in time";
        }

        if (refused > 0)
        {
            yield return $"{refused} readings were refused";
        }

        if (qos > 0 && acknowledged + refused < sent)
        {
            yield return $"{sent - acknowledged - refused} readings were not acknowledged";
        }

        foreach (var problem in grown is null ? [] : Ledger(qos == 0 ? sent : acknowledged, grown))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Ledger(long expected, LedgerCounts grown)
    {
        if (grown.Received < expected)
        {
            yield return $"the ledger received {grown.Received}, but {expected} were due there";
        }

        // Every timestamp of a run is new, so nothing may count as a duplicate, late or rejected.
        if (grown.Stored < expected)
        {
            yield return $"the ledger stored {grown.Stored} of {expected} (duplicate {grown.Duplicate}, late {grown.Late}, rejected {grown.Rejected}, in flight {grown.InFlight})";
        }

        if (grown.Unexplained != 0)
        {
            yield return $"the ledger can't explain {grown.Unexplained}";
        }
    }
}
