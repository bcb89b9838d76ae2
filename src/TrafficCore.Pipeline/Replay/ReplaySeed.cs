using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Recovery;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Pipeline.Replay;

/// <summary>
/// What a log that retention has shortened no longer says and its readings rest on: who has which number, and which network was in force. A snapshot
/// of just that, at the position where the log begins, is what a replay starts from.
/// </summary>
internal static class ReplaySeed
{
    /// <summary>Saves the snapshot, made by the code that makes all of them.</summary>
    /// <param name="snapshots">Where the replay's snapshots are.</param>
    /// <param name="options">The replay's.</param>
    /// <param name="recorded">The newest snapshot of the recording service.</param>
    /// <param name="input">The log.</param>
    /// <param name="files">The disk.</param>
    /// <returns>False when there is no snapshot to tell: the readings of devices learnt earlier will be counted as corrupt.</returns>
    public static bool TrySave(string snapshots, PipelineOptions options, LoadedSnapshot recorded, LogImage input, ILogFileSystem files)
    {
        if (recorded.Find(SnapshotTags.Control) is not { } known || input.ReadFirst() is not { } first)
        {
            return false;
        }

        var side = ControlSide.Create(static _ => { });
        var control = side.State;
        var shard = new ShardState(PipelineAssembly.ShardOptionsOf(options), shard: 0, shardCount: 1, new NoPages(), new NoOutput(), side.Devices.Files);
        foreach (var (header, body) in ControlState.Records(known))
        {
            // Elapsed time only grows along a log. A record of the same millisecond may come again: it says what it said.
            if (header.ElapsedMs <= first.ElapsedMs)
            {
                control.Apply(new LogRecord(input.Start, input.Start, header, body.Span));
                shard.Apply(input.Start, header, body.Span);
            }
        }

        new SnapshotStore(snapshots, files).Save(input.Start, target => Write(new SnapshotPartWriter(target), input.Start, control, shard));
        return true;
    }

    private static void Write(SnapshotPartWriter writer, long position, ControlState control, ShardState shard)
    {
        var head = new SnapshotHead { Position = position, Count = 0, OutputFrom = 0, OldestPage = long.MaxValue, InputMarks = [], OutputMarks = [] };
        writer.Write(SnapshotTags.Head, head.ToBytes());
        writer.Write(SnapshotTags.Control, control.ToBytes());
        writer.Write(SnapshotTags.Received, new ReceivedCounts().ToBytes());
        writer.Write(SnapshotTags.Latest, LatestPositions.ToBytes(new LatestWindows()));
        shard.WriteSnapshot(writer);
    }

    private sealed class NoPages : IPageStore
    {
        public long Append(long position, long receivedMs, long elapsedMs, ReadOnlySpan<byte> page) => throw NothingYet();

        public ReadOnlyMemory<byte> Read(long pagePosition) => throw NothingYet();

        private static InvalidOperationException NothingYet() => new("No reading was applied, so there is no page.");
    }
}
