using TrafficCore.Host.Api;
using TrafficCore.Pipeline.Replay;

namespace TrafficCore.Host.Replay;

/// <summary>What a replay did; with <c>--json</c> its last line.</summary>
/// <param name="Start">Input position of the first record.</param>
/// <param name="End">Input position behind the last one.</param>
/// <param name="From">Receive time of the first record.</param>
/// <param name="To">Receive time of the last one.</param>
/// <param name="RemovedByRetention">Everything before <paramref name="Start"/> is gone: what began before <paramref name="From"/> begins anew.</param>
/// <param name="DevicesUnknown">No snapshot tells which devices were learnt before: their readings are in the ledger as corrupt.</param>
/// <param name="Records">Input records.</param>
/// <param name="Readings">Readings, observations, events and refused things in them.</param>
/// <param name="Rows">Outputs made: rows of windows, observations, quarantine, the city's index.</param>
/// <param name="Seconds">From the first byte that was copied until everything was in SQLite.</param>
/// <param name="ReadingsPerSecond"><paramref name="Readings"/> by <paramref name="Seconds"/>.</param>
/// <param name="Differences">To what the service had made.</param>
/// <param name="Ledger">The ledger of the new data directory.</param>
internal sealed record ReplayReport(
    long Start,
    long End,
    DateTimeOffset? From,
    DateTimeOffset? To,
    bool RemovedByRetention,
    bool DevicesUnknown,
    long Records,
    long Readings,
    long Rows,
    double Seconds,
    double ReadingsPerSecond,
    ReplayDifferences Differences,
    LedgerAnswer Ledger)
{
    /// <summary>For people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return FormattableString.Invariant($"input: positions {Start} to {End}, received from {From:O} to {To:O}: {Records} records, {Readings} readings");
        if (RemovedByRetention)
        {
            yield return FormattableString.Invariant($"removed by retention: everything before position {Start}; windows, duplicates and revisions that began before {From:O} begin anew");
        }

        if (DevicesUnknown)
        {
            yield return "no snapshot tells which devices were learnt before that: readings of those are counted as corrupt";
        }

        yield return FormattableString.Invariant($"rows: {Rows} outputs, in the output log and in SQLite");
        yield return FormattableString.Invariant($"took: {Seconds:0.0} s, {ReadingsPerSecond:0} readings/s");
        yield return FormattableString.Invariant($"against the recorded outputs: equal {Differences.Equal}, changed {Differences.Changed}, missing {Differences.Missing}, added {Differences.Added}");
        yield return FormattableString.Invariant($"ledger: received {Ledger.Received}, stored {Ledger.Stored}, duplicate {Ledger.Duplicate}, late {Ledger.Late}, unexplained {Ledger.Unexplained}");
    }
}
