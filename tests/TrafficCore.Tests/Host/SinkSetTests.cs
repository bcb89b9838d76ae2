using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Host.Delivery;
using TrafficCore.Storage.Delivery;
using TrafficCore.TestKit.Log;
using TrafficCore.TestKit.Storage;
using TrafficCore.Tests.Pipeline;

namespace TrafficCore.Tests.Host;

/// <summary>How long the output log waits for a sink.</summary>
public sealed class SinkSetTests
{
    private const long MaxBacklog = 4096;

    [Fact]
    public async Task Hold_SinkBeyondItsMaxBacklog_LetsGoOfTheOldestAndTheLogMayDeleteIt()
    {
        var time = PipelineRig.NewTime();
        var options = PipelineRig.Options();
        options.InputKeep = options.OutputKeep = TimeSpan.Zero;
        await using var rig = await PipelineRig.OpenAsync(new ForgetfulFileSystem(), time, options);
        var output = rig.Pipeline.Output;
        using var meters = new FreshMeters();
        var exceeded = meters.Count("trafficcore.storage.backlogs_exceeded");
        var stuck = new StuckSink();
        await using var sinks = new SinkSet(output, [new BoundedSink(stuck, MaxBacklog, "-")], time, new StorageMetrics(meters), NullLogger.Instance);
        await AdvanceAsync();
        Assert.Equal((0, 0), (output.Holds.Single().Position, exceeded()));

        for (var round = 0; round < 150; round++)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            await rig.SendAsync([.. Enumerable.Range(0, 8).Select(d => new Sample("a", $"d{d}", PipelineRig.Start + (round * 60_000L), 60_000, 2))]);
            await rig.SnapshotAsync();
        }

        Assert.True(output.DurableEnd > MaxBacklog);
        Assert.Equal(0, output.Start);
        await AdvanceAsync();
        await AdvanceAsync();
        Assert.Equal((output.DurableEnd - MaxBacklog, 1), (output.Holds.Single().Position, exceeded()));
        time.Advance(TimeSpan.FromHours(2));
        await rig.TickAsync();
        await rig.SnapshotAsync();
        await rig.TickAsync();
        await rig.SnapshotAsync();
        Assert.InRange(output.Start, 1, output.DurableEnd);

        // What the sink finds there when it comes back is a gap, and then the rest, whose records the count knows.
        using (var reader = new PipelineOutput(output).OpenReader(0))
        {
            Assert.Equal(OutputStatus.Gap, reader.Read(out var gap));
            Assert.Equal(output.Start, gap.Next);
            var records = 0;
            while (reader.Read(out _) == OutputStatus.Entry)
            {
                records++;
            }

            Assert.Equal(output.CountRecords(0), records);
        }

        stuck.Cursor = output.DurableEnd;
        await AdvanceAsync();
        Assert.Equal((stuck.Cursor, 1), (output.Holds.Single().Position, exceeded()));

        Task AdvanceAsync() => sinks.StopAsync(CancellationToken.None);
    }

    private sealed class StuckSink : IOutputSink
    {
        public string Name => "stuck";

        public long Cursor { get; set; }

        public string? Trouble => "down";

        public SinkLag Lag => default;

        public long SkippedBytes => 0;

        public long RefilledRows => 0;

        public void Start()
        {
        }

        public Task StopAsync(CancellationToken cancellation) => Task.CompletedTask;
    }
}
