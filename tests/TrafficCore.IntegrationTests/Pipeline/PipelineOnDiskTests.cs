using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Log;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Export;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Pipeline;

public sealed class PipelineOnDiskTests
{
    private const int Records = 400;
    private const int PerRecord = 50;

    [Fact]
    public async Task Pipeline_OnARealDisk_RecoversWithAndWithoutAStop()
    {
        using var directory = new TemporaryDirectory();
        var options = new PipelineOptions { DataDirectory = directory["data"], Shards = 2 };
        await using (var first = await OpenAsync(options))
        {
            await AppendAsync(first, from: 0);
            Assert.True(await first.SnapshotAsync());
            await AppendAsync(first, from: Records);
            await Assert.ThrowsAsync<IOException>(() => OpenAsync(options));

            // Disposed without a stop: the second half is behind the snapshot.
        }

        await using (var second = await OpenAsync(options))
        {
            var ledger = await second.ReadLedgerAsync();
            Assert.Equal((2L * Records * PerRecord, 2L * Records * PerRecord), (ledger.Received, ledger.Stored));
            await AppendAsync(second, from: 0);
            await second.StopAsync();
        }

        var audit = LedgerAudit.Read(options, PhysicalFileSystem.Instance);
        Assert.Equal((3L * Records * PerRecord, 1L * Records * PerRecord, 0L), (audit.Received, audit.Duplicate, audit.Unexplained));
        Assert.Equal(3 * Records * PerRecord, DataExport.Readings(options.DataDirectory, PhysicalFileSystem.Instance).Count());
    }

    private static async Task<TrafficPipeline> OpenAsync(PipelineOptions options)
    {
        var pipeline = await TrafficPipeline.OpenAsync(
            options, PhysicalFileSystem.Instance, TimeProvider.System, static () => 1234u, new FreshMeters(), NullLoggerFactory.Instance);
        pipeline.Start();
        return pipeline;
    }

    private static async Task AppendAsync(TrafficPipeline pipeline, int from)
    {
        var log = new GroupCommitInputLog(pipeline.Input);
        var id = new DeviceIdView(DeviceKind.Detector, "a"u8, "d"u8);
        Assert.Equal(LearnResult.Learnt, pipeline.Devices.Learn(log, pipeline.Clock, id, DeviceFlags.Learnt, new LearningBounds(10, 10), out var device));
        var number = device!.Number;
        var writer = new InputRecordWriter();
        var start = 1_767_225_600_000L;
        for (var record = from; record < from + Records; record++)
        {
            writer.Begin(log.Salt, pipeline.Clock.NowMs, pipeline.Clock.ElapsedMs);
            for (var i = 0; i < PerRecord; i++)
            {
                writer.AddReading(new ReadingEntry
                {
                    Timestamp = start + (((record * PerRecord) + i) * 1000L),
                    Device = number,
                    Interval = 1000,
                    Volume = 1,
                    Occupancy = ReadingEntry.NoOccupancy,
                    Speed = ReadingEntry.NoSpeed,
                });
            }

            long end;
            while (!pipeline.Input.TryAppend(writer.Complete(), 0, null, out end))
            {
                await pipeline.Input.WaitForRoomAsync(CancellationToken.None);
            }
        }

        writer.Begin(log.Salt, pipeline.Clock.NowMs, pipeline.Clock.ElapsedMs);
        writer.AddTick();
        await pipeline.Input.AppendAsync(writer.Complete().ToArray(), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        await pipeline.SettleAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
