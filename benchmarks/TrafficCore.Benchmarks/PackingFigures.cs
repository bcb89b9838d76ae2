using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TrafficCore.Log;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Benchmarks;

/// <summary>What packing makes of a log: bytes for each reading, plain and packed, and the processor time it takes. Changes nothing.</summary>
internal static class PackingFigures
{
    // 0.1 percent, in the 0.001 percent of a reading.
    private const int Tenth = 100;

    /// <summary>
    /// Packs every segment of the log in a directory (<c>DATA/input</c>) into a temporary file, as the service does in the background; then once more with
    /// occupancies rounded to 0.1 percent, as most devices send them.
    /// </summary>
    public static string Measure(string directory)
    {
        var rounded = Directory.CreateTempSubdirectory("trafficcore-packing-").FullName;
        try
        {
            CopyRounded(directory, rounded);
            return $"{MeasureLog(directory)}{Environment.NewLine}occupancy in tenths: {MeasureLog(rounded)}";
        }
        finally
        {
            Directory.Delete(rounded, recursive: true);
        }
    }

    private static void CopyRounded(string from, string to)
    {
        using var reader = LogReader.OpenDirectory(from, PhysicalFileSystem.Instance, 0);
        using var writer = LogWriter.Open(to, new LogOptions(), PhysicalFileSystem.Instance, static () => 1);
        for (var status = reader.Read(out var record); status != LogReadStatus.End; status = reader.Read(out record))
        {
            if (status != LogReadStatus.Record)
            {
                continue;
            }

            var body = record.Body.ToArray();
            if (record.Header.Type == (byte)RecordType.Readings)
            {
                foreach (ref var entry in MemoryMarshal.Cast<byte, ReadingEntry>(body.AsSpan(0, record.Header.Count * ReadingEntry.Size)))
                {
                    entry.Occupancy = entry.Occupancy < 0 ? entry.Occupancy : (entry.Occupancy + (Tenth / 2)) / Tenth * Tenth;
                }
            }

            writer.Append(record.Header.Type, record.Header.Version, record.Header.Count, record.Header.ReceivedMs, record.Header.ElapsedMs, body);
        }

        writer.Commit();
    }

    private static string MeasureLog(string directory)
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
