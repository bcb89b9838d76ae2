using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>Reads the output log behind a snapshot: how far each intersection got, and its latest windows.</summary>
internal static class OutputScan
{
    public static OutputProgress Run(LogWriter output, LoadedSnapshot snapshot, LatestWindows latest, Action<LogGap> onGap)
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
                    Note(record, progress, latest);
                    break;
                case LogReadStatus.Gap:
                    onGap(reader.Gap);
                    break;
                default:
                    return progress;
            }
        }
    }

    private static void Note(in LogRecord record, OutputProgress progress, LatestWindows latest)
    {
        var head = OutputHeadCodec.Decode(record.Body);
        progress.Note(head.Intersection, head.Cause, head.Ordinal);
        if (record.Header.Type == (byte)RecordType.Window)
        {
            latest.Publish(WindowRecordCodec.Decode(record.Body), record.Position, record.Header.ReceivedMs, live: false);
        }
    }
}
