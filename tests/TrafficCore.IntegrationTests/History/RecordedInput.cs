using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Log;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.History;

/// <summary>A data directory with the input of a city that was recorded at a thousand readings a second, written in no time.</summary>
internal static class RecordedInput
{
    /// <summary>Detectors, each with a reading a second.</summary>
    public const int Detectors = 1000;

    private const int PerIntersection = 10;
    private const uint Salt = 0x5EED_1234;
    private const long StartMs = 1_767_225_600_000L;

    /// <summary>Writes so many seconds of input, a record for each reading as devices send them, and a tick each second; then lets a pipeline make its outputs.</summary>
    public static async Task WriteAsync(string dataDirectory, int seconds, int segmentBytes = 4 * 1024 * 1024)
    {
        var options = new PipelineOptions { DataDirectory = dataDirectory };
        options.InputLog.SegmentBytes = options.OutputLog.SegmentBytes = options.StateLog.SegmentBytes = segmentBytes;
        using (var log = LogWriter.Open(Path.Combine(dataDirectory, "input"), options.InputLog, PhysicalFileSystem.Instance, static () => Salt))
        {
            Write(log, seconds);
        }

        await using var pipeline = await TrafficPipeline.OpenAsync(
            options, PhysicalFileSystem.Instance, TimeProvider.System, static () => Salt + 1, new FreshMeters(), NullLoggerFactory.Instance);
        await pipeline.StopAsync();
    }

    private static void Write(LogWriter log, int seconds)
    {
        var writer = new InputRecordWriter();
        writer.Begin(log.Salt, StartMs, 0);
        for (uint number = 1; number <= Detectors; number++)
        {
            writer.AddDevice(number, DeviceKind.Detector, DeviceFlags.Learnt, Text($"int-{number / PerIntersection:0000}"), Text($"d-{number % PerIntersection:00}"));
        }

        log.AppendSealed(writer.Complete());
        for (var second = 0; second < seconds; second++)
        {
            for (uint number = 1; number <= Detectors; number++)
            {
                writer.Begin(log.Salt, StartMs + ((second + 1) * 1000L), (second + 1) * 1000L);
                writer.AddReading(new ReadingEntry
                {
                    Timestamp = StartMs + (second * 1000L),
                    Device = number,
                    Interval = 1000,
                    Volume = (ushort)((second + number) % 3),
                    Occupancy = ReadingEntry.NoOccupancy,
                    Speed = ReadingEntry.NoSpeed,
                });
                log.AppendSealed(writer.Complete());
            }

            writer.Begin(log.Salt, StartMs + ((second + 1) * 1000L), (second + 1) * 1000L);
            writer.AddTick();
            log.AppendSealed(writer.Complete());
        }

        log.Commit();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
