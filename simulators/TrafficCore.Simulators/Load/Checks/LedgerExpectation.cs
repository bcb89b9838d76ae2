using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Load;

/// <summary>
/// What the ledger must have grown by. Exact numbers when every message has its answer and none was sent again; else a range, since nobody
/// knows whether what was on its way to a lost connection arrived.
/// </summary>
internal sealed record LedgerExpectation(long StoredLeast, long StoredMost, long DuplicateLeast, long DuplicateMost)
{
    /// <summary>From what became of a run's messages.</summary>
    public static LedgerExpectation Of(in LoadCounts counts, QualityOfService qos)
    {
        var isSure = qos == QualityOfService.AtMostOnce ? counts.Lost + counts.Reconnects == 0 : counts.RepeatsAcknowledged == counts.Repeats;
        var least = qos != QualityOfService.AtMostOnce ? counts.ItemsAcknowledged : isSure ? counts.ItemsSent : 0;
        return new LedgerExpectation(least, counts.ItemsSent, isSure ? counts.ItemsRepeated : 0, counts.ItemsRepeated + counts.ItemsResent);
    }

    /// <summary>Everything that is due there has arrived and nothing is on its way.</summary>
    public bool IsReached(LedgerCounts grown) =>
        grown.Stored >= StoredLeast && grown.Duplicate >= DuplicateLeast && grown is { InFlight: 0, Unexplained: 0 };

    /// <summary>One sentence for each way in which the ledger differs.</summary>
    public IEnumerable<string> Problems(LedgerCounts grown)
    {
        var rest = $"received {grown.Received}, late {grown.Late}, rejected {grown.Rejected}, corrupt {grown.Corrupt}, in flight {grown.InFlight}";
        if (grown.Stored < StoredLeast || grown.Stored > StoredMost)
        {
            yield return $"the ledger stored {grown.Stored}, and not {Range(StoredLeast, StoredMost)} ({rest})";
        }

        if (grown.Duplicate < DuplicateLeast || grown.Duplicate > DuplicateMost)
        {
            yield return $"the ledger has {grown.Duplicate} duplicates, and not {Range(DuplicateLeast, DuplicateMost)} ({rest})";
        }

        if (grown.Late + grown.Rejected + grown.Corrupt > 0)
        {
            yield return $"the ledger did not store everything ({rest})";
        }

        if (grown.Unexplained != 0)
        {
            yield return $"the ledger can't explain {grown.Unexplained}";
        }
    }

    private static string Range(long least, long most) => least == most ? $"{least}" : $"{least} to {most}";
}
