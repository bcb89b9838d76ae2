using TrafficCore.Pipeline;
using TrafficCore.TestKit.Log;
using TrafficCore.TestKit.Pipeline;

namespace TrafficCore.Tests.Pipeline;

public sealed class PipelineFaultTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public async Task Shard_ThatCannotReadAPage_IsVisibleAndStopsAcknowledgements()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await EvictOldPageAsync(files, time);
        foreach (var segment in files.ListFiles(PipelineRig.Directory + "/state"))
        {
            files.Delete($"{PipelineRig.Directory}/state/{segment}");
        }

        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
        await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start - (3 * Hour), 20_000, 5));
        var fault = await rig.Pipeline.Health.Faulted.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal("shard 0", fault.Component);
        var unanswered = AppendTwiceAsync(rig);
        Assert.NotSame(unanswered, await Task.WhenAny(unanswered, Task.Delay(TimeSpan.FromMilliseconds(200))));
        await Assert.ThrowsAnyAsync<Exception>(() => rig.Pipeline.ReadLedgerAsync());
        Assert.IsType<PipelineFaultedException>(await Record.ExceptionAsync(() => rig.Pipeline.SettleAsync()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Start_OnStateThatCannotBeRead_ComputesItAgainFromTheInput(int shards)
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await EvictOldPageAsync(files, time);
        foreach (var segment in files.ListFiles(PipelineRig.Directory + "/state"))
        {
            files.Delete($"{PipelineRig.Directory}/state/{segment}");
        }

        // Durable, but what it belongs to is not there: the reading meets that again at the start.
        await using (var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options()))
        {
            await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start - (3 * Hour), 20_000, 5));
            await rig.Pipeline.Health.Faulted.WaitAsync(TimeSpan.FromSeconds(20));
        }

        await using var again = await PipelineRig.OpenAsync(files.Kill(), time, PipelineRig.Options(shards));
        for (var i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await again.TickAsync();
        }

        await again.SettleAsync();
        Assert.Null(again.Pipeline.Health.Fault);
        var ledger = await again.Pipeline.ReadLedgerAsync();
        Assert.Equal((2, 2, 0), (ledger.Received, ledger.Stored, ledger.Unexplained));
        Assert.Equal(9, PipelineRig.FinalVolume(again.Outputs(), 60_000));
        await again.SnapshotAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disk_ThatIsFullOrForbiddenForAWhile_LosesNothing(bool isForbidden)
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
        await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start, 20_000, 3));
        files.Refuse(static _ => true, isForbidden);
        var waiting = rig.SendAsync(new Sample("a", "d1", PipelineRig.Start + 20_000, 20_000, 4));
        Assert.False(await rig.Pipeline.SnapshotAsync());
        Assert.False(waiting.IsCompleted);

        files.Refuse(null);
        await waiting;
        Assert.True(await rig.Pipeline.SnapshotAsync());
        await rig.SettleAsync();

        Assert.Null(rig.Pipeline.Health.Fault);
        var ledger = await rig.Pipeline.ReadLedgerAsync();
        Assert.Equal((2, 2, 0), (ledger.Received, ledger.Stored, ledger.Unexplained));
    }

    [Fact]
    public async Task Output_OnAFullDisk_WaitsAndIsWrittenLater()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
        await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start, 60_000, 3));
        files.Refuse(static path => path.Contains("/output/", StringComparison.Ordinal));
        for (var i = 0; i < 8; i++)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            await rig.TickAsync();
        }

        // Made and not durable: nobody is shown it.
        Assert.Equal((0, 0), (rig.Pipeline.Output.DurableEnd, rig.Pipeline.Output.ShownEnd));
        Assert.Empty(rig.Pipeline.Latest.All);
        var shown = rig.Pipeline.Output.WaitShownAsync(0, CancellationToken.None).AsTask();
        Assert.False(shown.IsCompleted);
        files.Refuse(null);
        await rig.SettleAsync();

        Assert.Null(rig.Pipeline.Health.Fault);
        await shown.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(rig.Pipeline.Output.DurableEnd, rig.Pipeline.Output.ShownEnd);
        Assert.NotEmpty(rig.Pipeline.Latest.All);
        Assert.Equal(3, PipelineRig.FinalVolume(rig.Outputs(), 60_000));
    }

    [Fact]
    public async Task Retention_KeepsWhatSnapshotsAndSinksNeed_AndDeletesTheRest()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        var options = PipelineRig.Options();
        options.InputKeep = options.OutputKeep = TimeSpan.Zero;
        await using var rig = await PipelineRig.OpenAsync(files, time, options);
        using var sink = rig.Pipeline.Output.Hold("sink", 0);
        await SendHoursAsync(rig, time);

        var position = rig.Pipeline.AppliedPosition;
        Assert.InRange(rig.Pipeline.Input.Start, 1, position);
        Assert.Equal(0, rig.Pipeline.Output.Start);
        sink.Advance(rig.Pipeline.Output.DurableEnd);
        time.Advance(TimeSpan.FromHours(2));
        await rig.TickAsync();
        await rig.SnapshotAsync();
        await rig.TickAsync();
        await rig.SnapshotAsync();
        Assert.InRange(rig.Pipeline.Output.Start, 1, rig.Pipeline.Output.DurableEnd);

        await using var again = await PipelineRig.OpenAsync(files.Kill(), time, options);
        var ledger = await again.Pipeline.ReadLedgerAsync();
        Assert.Equal((1200, 1200, 0), (ledger.Received, ledger.Stored, ledger.Unexplained));
    }

    [Fact]
    public async Task Retention_BySize_KeepsTheNewestFilesAndWhatASinkHasNotDelivered()
    {
        const long MaxBytes = 60_000;
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        var options = PipelineRig.Options();
        options.InputMaxBytes = options.OutputMaxBytes = MaxBytes;
        await using var rig = await PipelineRig.OpenAsync(files, time, options);
        using var sink = rig.Pipeline.Output.Hold("sink", 0);
        await SendHoursAsync(rig, time);

        Assert.InRange(rig.Pipeline.Input.Start, 1, rig.Pipeline.AppliedPosition);
        Assert.Equal(0, rig.Pipeline.Output.Start);
        Assert.True(StoredBytes(files, "output") > MaxBytes);
        sink.Advance(rig.Pipeline.Output.DurableEnd);
        await rig.TickAsync();
        await rig.SnapshotAsync();
        await rig.TickAsync();
        await rig.SnapshotAsync();
        Assert.InRange(rig.Pipeline.Output.Start, 1, rig.Pipeline.Output.DurableEnd);

        // The next segment, made ahead, is one more than what counts.
        Assert.InRange(StoredBytes(files, "input"), 1, MaxBytes + (8192 + options.InputLog.SegmentBytes));
        Assert.InRange(StoredBytes(files, "output"), 1, MaxBytes + (8192 + options.OutputLog.SegmentBytes));
    }

    /// <summary>1,200 readings of eight detectors in two and a half hours, with a snapshot every ten minutes.</summary>
    private static async Task SendHoursAsync(PipelineRig rig, ManualTime time)
    {
        for (var round = 0; round < 150; round++)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            var slot = PipelineRig.Start + (round * 60_000L);
            await rig.SendAsync([.. Enumerable.Range(0, 8).Select(d => new Sample("a", $"d{d}", slot, 60_000, 2))]);
            if (round % 10 == 9)
            {
                await rig.SnapshotAsync();
            }
        }
    }

    private static long StoredBytes(ForgetfulFileSystem files, string log) => files.ListFiles($"{PipelineRig.Directory}/{log}")
        .Where(static name => name.EndsWith(".log", StringComparison.Ordinal) || name.EndsWith(".pack", StringComparison.Ordinal))
        .Sum(name => (long)files.Bytes($"{PipelineRig.Directory}/{log}/{name}").Length);

    private static async Task AppendTwiceAsync(PipelineRig rig)
    {
        // The commit that is under way when a shard fails may still be answered; the one behind it is not.
        await rig.TickAsync();
        await rig.TickAsync();
    }

    private static async Task EvictOldPageAsync(ForgetfulFileSystem files, ManualTime time)
    {
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
        await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start - (3 * Hour) + 20_000, 20_000, 4));
        for (var i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            await rig.TickAsync();
        }

        await rig.StopAsync();
    }
}
