using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>Reads the output log behind a snapshot: how far each intersection got, and its latest windows.</summary>
internal static class OutputScan
{
    /// <param name="output">The output log, before anything is appended.</param>
    /// <param name="snapshot">Where to begin.</param>
    /// <param name="lengths">Window lengths in use.</param>
    /// <param name="latest">Is shown the windows.</param>
    /// <param name="batchBytes">
    /// Most that one commit writes. Damage nearer to the end than this is a commit that a power cut tore: nobody has seen its
    /// records, and replay makes all of them again, so the log is rewound to it. Otherwise what survives behind the tear would pass
    /// for the last output of its intersection, and what was lost in it would never be made again.
    /// </param>
    /// <param name="onGap">Is told of damage.</param>
    /// <exception cref="DataDirectoryException">It holds windows of another length: a replay would take what it makes now for written.</exception>
    public static OutputProgress Run(
        LogWriter output, LoadedSnapshot snapshot, WindowLengths lengths, LatestWindows latest, long batchBytes, Action<LogGap> onGap)
    {
        var progress = new OutputProgress();
        using var reader = output.OpenReader(Math.Max(snapshot.OutputFrom, output.Start));
        if (snapshot.Find(SnapshotTags.Latest) is { } positions)
        {
            LatestPositions.Restore(positions, reader, output.Start, latest);
            reader.Seek(Math.Max(snapshot.OutputFrom, output.Start));
        }

        while (true)
        {
            switch (reader.Read(out var record))
            {
                case LogReadStatus.Record:
                    Note(record, progress, lengths, latest);
                    break;
                case LogReadStatus.Gap when reader.Gap.From >= output.Start && output.DurableEnd - reader.Gap.From <= batchBytes:
                    output.Rewind(reader.Gap.From);
                    return progress;
                case LogReadStatus.Gap:
                    onGap(reader.Gap);
                    break;
                default:
                    return progress;
            }
        }
    }

    private static void Note(in LogRecord record, OutputProgress progress, WindowLengths lengths, LatestWindows latest)
    {
        var head = OutputHeadCodec.Decode(record.Body);
        if (head.Cause == OutputHead.Outside)
        {
            return;
        }

        progress.Note(head.Intersection, head.Cause, head.Ordinal);
        if (record.Header.Type == (byte)RecordType.Window)
        {
            var length = WindowRecordCodec.DecodeHead(record.Body).Length;
            if (!lengths.Ms.Contains(length))
            {
                throw DataDirectory.OfOtherLengths([length]);
            }

            latest.Publish(record.Body, record.Position, record.Header.ReceivedMs);
        }
    }
}
