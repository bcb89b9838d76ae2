using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>Remembers in a snapshot where the latest windows lie in the output log, and reads them back from there.</summary>
internal static class LatestPositions
{
    public static byte[] ToBytes(LatestWindows latest)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var positions = latest.All.SelectMany(static window => window.Positions).Distinct().Order().ToArray();
        writer.Write(positions.Length);
        foreach (var position in positions)
        {
            writer.Write(position);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Shows the windows at these positions again; what retention has deleted is no longer the latest of anything alive.</summary>
    public static void Restore(ReadOnlyMemory<byte> content, LogReader reader, long start, LatestWindows latest)
    {
        using var positions = new BinaryReader(new MemoryStream(content.ToArray()));
        for (var count = positions.ReadInt32(); count > 0; count--)
        {
            var position = positions.ReadInt64();
            if (position < start)
            {
                continue;
            }

            reader.Seek(position);
            if (reader.Read(out var record) == LogReadStatus.Record && record.Position == position
                && record.Header.Type == (byte)RecordType.Window)
            {
                latest.Publish(record.Body, position, record.Header.ReceivedMs);
            }
        }
    }
}
