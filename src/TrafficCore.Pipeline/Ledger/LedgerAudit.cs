using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Recovery;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Pipeline.Ledger;

/// <summary>Computes the ledger of a data directory that no service runs on; changes nothing in it.</summary>
public static class LedgerAudit
{
    /// <summary>The ledger as of the end of the input log.</summary>
    /// <param name="options">As the service ran with: what is late depends on them. Window lengths are the snapshot's, where there is one.</param>
    /// <param name="files">The disk.</param>
    /// <exception cref="DirectoryNotFoundException">There is no data directory.</exception>
    /// <exception cref="IOException">A service runs on it: ask that service.</exception>
    public static LedgerSnapshot Read(PipelineOptions options, ILogFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var data = OfflineData.Open(options.DataDirectory, files);
        using var pages = new OfflinePages(data);
        var shardOptions = PipelineAssembly.ShardOptionsOf(options, ShardSnapshot.LengthsOf(data.Snapshot.Parts()));
        var state = new ShardState(shardOptions, shard: 0, shardCount: 1, pages, new NoOutput(), data.Devices.Files);
        state.Restore(data.Snapshot.Parts());
        var end = Apply(data, state);
        var received = Count(data);
        var outcomes = new LedgerTotals();
        state.ReadTotals(outcomes);
        return LedgerDesk.Balance(end, received.Total, inFlight: 0, received.GapBytes, [outcomes]);
    }

    private static long Apply(OfflineData data, ShardState state)
    {
        using var reader = data.OpenInput(data.Snapshot.Position);
        while (true)
        {
            switch (reader.Read(out var record))
            {
                case LogReadStatus.Record:
                    state.Apply(record.Position, record.Header, record.Body);
                    break;
                case LogReadStatus.Gap:
                    state.TakeDamage(DamagedRange.Read(reader));
                    break;
                default:
                    return reader.Position;
            }
        }
    }

    // A second pass with the counter's own eyes.
    private static ReceivedCounts Count(OfflineData data)
    {
        var counts = data.Snapshot.Received();
        using var reader = data.OpenInput(data.Snapshot.Position);
        while (true)
        {
            switch (reader.Read(out var record))
            {
                case LogReadStatus.Record:
                    counts.Add(record.Header, record.Body);
                    break;
                case LogReadStatus.Gap:
                    counts.Add(DamagedRange.Read(reader));
                    break;
                default:
                    return counts;
            }
        }
    }
}
