using System.Diagnostics;
using System.Globalization;
using TrafficCore.Log;
using TrafficCore.Pipeline;

namespace TrafficCore.Benchmarks;

/// <summary>What packing makes of a log: bytes for each reading, plain and packed, and the processor time it takes. Changes nothing.</summary>
internal static class PackingFigures
{
    /// <summary>Packs every segment of the log in a directory (<c>DATA/input</c>) into a temporary file, as the service does in the background.</summary>
    public static string Measure(string directory)
    {
        var files = PhysicalFileSystem.Instance;
        var recovery = LogRecovery.Inspect(directory, files, nominalCapacity: 0);
        var count = Count(directory, files);
        var packer = new SegmentPacker(new PipelineOptions().InputLog.Layouts);
        var (plain, packed) = (0L, 0L);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < recovery.Segments.Count; i++)
        {
            var segment = recovery.Segments[i];
            var end = i + 1 < recovery.Segments.Count ? recovery.Segments[i + 1].Base : recovery.ValidEnd;
            plain += end - segment.Base;
            packed += Pack(packer, segment, end, files);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{count} readings, events and rejections; {plain} bytes plain, {(double)plain / count:0.00} each; {packed} bytes packed, {(double)packed / count:0.00} each; {plain / seconds / 1e6:0.0} MB/s");
    }

    private static long Pack(SegmentPacker packer, Segment segment, long end, PhysicalFileSystem files)
    {
        var temporary = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var target = files.Create(temporary, 0);
            using var cursor = new SegmentCursor(segment, segment.Open(files));
            packer.TryPack(cursor, end, target, static () => true);
            return target.Length;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static long Count(string directory, PhysicalFileSystem files)
    {
        var count = 0L;
        using var reader = LogReader.OpenDirectory(directory, files, 0);
        for (var status = reader.Read(out var record); status != LogReadStatus.End; status = reader.Read(out record))
        {
            count += status == LogReadStatus.Record ? record.Header.Count : 0;
        }

        return count;
    }
}
