using TrafficCore.Log;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Export;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.TestKit.Log;
using TrafficCore.TestKit.Pipeline;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Tests.Pipeline;

public sealed class PipelineLifeTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public async Task Open_OfADirectoryInUse_IsRefused()
    {
        var files = new ForgetfulFileSystem();
        await using var rig = await PipelineRig.OpenAsync(files, PipelineRig.NewTime(), PipelineRig.Options());

        await Assert.ThrowsAsync<IOException>(() => PipelineRig.OpenAsync(files, PipelineRig.NewTime(), PipelineRig.Options()));
    }

    [Fact]
    public async Task Stop_WithAnOpenWindow_ClosesNoWindowAndTheNextLifeGoesOn()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await using (var first = await PipelineRig.OpenAsync(files, time, PipelineRig.Options()))
        {
            await first.SendAsync(new Sample("a", "d1", PipelineRig.Start, 20_000, 3));
            await first.StopAsync();
        }

        Assert.Empty(OutputLogFile.Read(files).Records);
        await using var second = await PipelineRig.OpenAsync(files, time, PipelineRig.Options(shards: 3));
        await second.SendAsync(new Sample("a", "d1", PipelineRig.Start + 20_000, 20_000, 4));
        await CloseByTicksAsync(second, time);
        Assert.Equal(7, PipelineRig.FinalVolume(second.Outputs(), 60_000));
        Assert.True(second.Pipeline.Latest.TryFind("a", 60_000, out var latest));
        Assert.Equal(PipelineRig.Start, latest.Start);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_WithOtherWindowLengths_IsRefused(bool withSnapshot)
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await using (var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options()))
        {
            await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start, 20_000, 3));
            await CloseByTicksAsync(rig, time);
            Assert.NotEmpty(rig.Outputs());
            if (withSnapshot)
            {
                await rig.StopAsync();
            }
        }

        var others = PipelineRig.Options();
        others.WindowLengths = [TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(300)];
        var refused = await Assert.ThrowsAsync<DataDirectoryException>(() => PipelineRig.OpenAsync(files, time, others));
        Assert.Contains(withSnapshot ? "windows of 60s, 120s;" : "windows of 120s;", refused.Message, StringComparison.Ordinal);
        await using var again = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
    }

    [Fact]
    public async Task Restart_AfterWindowsWerePublished_ShowsTheLatestAgain()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await RunScriptAsync(files, time);

        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());

        Assert.Equal(6, rig.Pipeline.Latest.All.Count);
        Assert.All(rig.Pipeline.Latest.All, static window => Assert.NotEmpty(window.ReadRows()));
        Assert.Equal(rig.Pipeline.Output.DurableEnd, rig.Pipeline.Output.ShownEnd);
        Assert.Equal([8], rig.Pipeline.ReceivedPackets.Find("client"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ReadOpen_OfIntersectionsOfAnyShard_ShowsWhatIsDurableAndNotPublished(int shards)
    {
        await using var rig = await PipelineRig.OpenAsync(new ForgetfulFileSystem(), PipelineRig.NewTime(), PipelineRig.Options(shards));
        await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start, 20_000, 3), new Sample("b", "d1", PipelineRig.Start, 20_000, 4), new Sample("c", "d1", PipelineRig.Start, 20_000, 5));
        await rig.SettleAsync();

        var open = await rig.Pipeline.ReadOpenAsync(["c", "a", "nobody"]);
        Assert.Equal(
            [("a", 60_000, 3L), ("a", 120_000, 3L), ("c", 60_000, 5L), ("c", 120_000, 5L)],
            open.Select(static w => (w.Intersection, w.Length, w.Rows[^1].Volume!.Value)).Order());
    }

    [Fact]
    public async Task Restart_AfterAKill_KnowsThePacketIdsInRecordsOfEveryKind()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await using (var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options()))
        {
            await rig.AppendAsync(static writer =>
            {
                writer.AddReading(new ReadingEntry { Device = 1 });
                writer.AddOrigin(1, "client"u8);
                writer.AddObservation(new ObservationEntry { Device = 1 });
                writer.AddOrigin(2, "client"u8);
                writer.BeginEvents(new EventsHeader { Controller = 1 });
                writer.AddOrigin(3, "client"u8);
                writer.AddRejection(0, DeviceKind.Unknown, "-", "-", RejectionReason.NoValue, "{}"u8, default);
                writer.AddOrigin(4, "client"u8);
            });
        }

        await using var after = await PipelineRig.OpenAsync(files.Kill(), time, PipelineRig.Options());

        Assert.Equal([(ushort)1, (ushort)2, (ushort)3, (ushort)4], after.Pipeline.ReceivedPackets.Find("client").Order().ToArray());
    }

    [Fact]
    public async Task Ticks_OnceAMinuteWhenIdleAndOnceASecondWhileAWindowIsOpen()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime(timersFire: true);
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
        await AdvanceAsync(rig, time, seconds: 60);
        var idle = Ticks(files);
        await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start + 60_000, 60_000, 3));
        await rig.SettleAsync();
        await AdvanceAsync(rig, time, seconds: 5);
        var busy = Ticks(files) - idle;

        Assert.Equal((1, 5), (idle, busy));
    }

    [Fact]
    public async Task Snapshot_IsTakenWhenTooMuchOfThePastIsDirtyAndNotForThePresent()
    {
        var files = new ForgetfulFileSystem();
        var options = PipelineRig.Options();
        options.SnapshotDirtyBytes = 1;
        await using var rig = await PipelineRig.OpenAsync(files, PipelineRig.NewTime(), options);
        await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start, 20_000, 3));
        await rig.SettleAsync();
        Assert.Empty(Snapshots(files));
        await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start - (3 * Hour), 20_000, 3));

        await UntilSnapshotAsync(files);
    }

    [Fact]
    public async Task Snapshot_IsTakenAtEachInterval()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime(timersFire: true);
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
        await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start, 20_000, 3));
        await rig.SettleAsync();
        Assert.Empty(Snapshots(files));

        // The loop begins to wait on a thread of its own, so its first interval may begin a little later.
        await UntilSnapshotAsync(files, () => time.Advance(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Ledger_OfOneDevice_BalancesAndNamesItsRefusals()
    {
        await using var rig = await PipelineRig.OpenAsync(new ForgetfulFileSystem(), PipelineRig.NewTime(), PipelineRig.Options(shards: 2));
        var sample = new Sample("a", "d1", PipelineRig.Start - Hour, 20_000, 3);
        await rig.SendAsync(sample, sample with { Detector = "d2" });
        await rig.SendAsync(sample);
        await rig.RejectAsync("a", "d1", "{}");
        await rig.SettleAsync();

        var device = await rig.Pipeline.ReadLedgerAsync("a", "detector", "d1");
        var all = await rig.Pipeline.ReadLedgerAsync();

        Assert.NotNull(device);
        Assert.Equal((3, 1, 1, 0), (device.Ledger.Received, device.Ledger.Stored, device.Ledger.Duplicate, device.Ledger.Unexplained));
        Assert.Equal(1, device.Ledger.Rejected["too-old"]);
        Assert.Equal((4, 0, 0), (all.Received, all.InFlight, all.Unexplained));
        Assert.Null(await rig.Pipeline.ReadLedgerAsync("a", "detector", "d9"));
    }

    [Fact]
    public async Task Ledger_OfAnEnvironmentSensor_Balances()
    {
        await using var rig = await PipelineRig.OpenAsync(new ForgetfulFileSystem(), PipelineRig.NewTime(), PipelineRig.Options(shards: 2));
        var rain = new Observation(ObservationKind.Environment, "a", "1", PipelineRig.Start, new ObservedValues { [0] = 3 });
        await rig.SendAsync(rain, rain with { Kind = ObservationKind.Parking }, rain, rain with { Timestamp = PipelineRig.Start + 1 });
        await rig.SettleAsync();

        var sensor = await rig.Pipeline.ReadLedgerAsync("a", "environment", "1");
        var park = await rig.Pipeline.ReadLedgerAsync("a", "parking", "1");

        Assert.Equal((3, 2, 1, 0), (sensor!.Ledger.Received, sensor.Ledger.Stored, sensor.Ledger.Duplicate, sensor.Ledger.Unexplained));
        Assert.Equal((1, 1, 0, 0), (park!.Ledger.Received, park.Ledger.Stored, park.Ledger.Duplicate, park.Ledger.Unexplained));
    }

    [Fact]
    public void Ledger_WithAnOutcomeMissing_IsUnexplained()
    {
        var outcome = new LedgerTotals { Stored = 7, Duplicate = 1 };

        Assert.Equal(2, LedgerDesk.Balance(position: 0, received: 10, inFlight: 0, gapBytes: 0, [outcome]).Unexplained);
    }

    [Fact]
    public async Task AuditAndExport_OfAStoppedService_EqualWhatItSaid()
    {
        var files = new ForgetfulFileSystem();
        var ledger = await RunScriptAsync(files, PipelineRig.NewTime());
        var before = files.Operations;

        var audit = LedgerAudit.Read(PipelineRig.Options(), files);
        var readings = DataExport.Readings(PipelineRig.Directory, files).ToList();
        var windows = DataExport.Windows(PipelineRig.Directory, files).ToList();
        var observations = DataExport.Observations(PipelineRig.Directory, files).ToList();

        Assert.Equal((ledger.Received, ledger.Stored, ledger.Duplicate), (audit.Received, audit.Stored, audit.Duplicate));
        Assert.Equal((0, 0), (audit.Unexplained, audit.InFlight));
        Assert.Equal(ledger.Received - 1, readings.Count + observations.Count);
        Assert.Equal(PipelineScript.Observations(), observations.Select(o => o.Observation).Distinct().OrderBy(o => (o.Kind.Name, o.Intersection, o.Device, o.Timestamp)));
        Assert.All(readings, static reading => Assert.Equal("detector", reading.Kind));
        Assert.Equal(["a", "b", "c"], readings.Select(static reading => reading.Intersection).Distinct().Order());
        Assert.NotEmpty(windows);
        Assert.Equal(before, files.Operations);
    }

    [Fact]
    public async Task Audit_AfterAKill_ReplaysBehindTheSnapshot()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        LedgerSnapshot ledger;
        await using (var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options()))
        {
            await PipelineScript.RunAsync(rig, time, PipelineScript.Steps(), 0, advanceFirst: true);
            await rig.SettleAsync();
            ledger = await rig.Pipeline.ReadLedgerAsync();
        }

        var audit = LedgerAudit.Read(PipelineRig.Options(), files.Kill());

        Assert.Equal((ledger.Position, ledger.Received, ledger.Stored, ledger.Late), (audit.Position, audit.Received, audit.Stored, audit.Late));
    }

    private static async Task<LedgerSnapshot> RunScriptAsync(ForgetfulFileSystem files, ManualTime time)
    {
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
        var (_, failure) = await PipelineScript.RunAsync(rig, time, PipelineScript.Steps(), 0, advanceFirst: true);
        Assert.Null(failure);
        await rig.SettleAsync();
        var ledger = await rig.Pipeline.ReadLedgerAsync();
        await rig.StopAsync();
        return ledger;
    }

    // Long enough for every window of what was sent.
    private static async Task CloseByTicksAsync(PipelineRig rig, ManualTime time)
    {
        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(20));
            await rig.TickAsync();
        }

        await rig.SettleAsync();
    }

    // Each second's tick is durable and applied before the next second begins.
    private static async Task AdvanceAsync(PipelineRig rig, ManualTime time, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await rig.AppendAsync(static writer => writer.AddSessionDiscarded("nobody"u8));
            await rig.SettleAsync();
        }
    }

    private static IReadOnlyList<string> Snapshots(ForgetfulFileSystem files)
        => files.ListFiles(PipelineRig.Directory + "/snapshots").Where(static name => name.EndsWith(".snapshot", StringComparison.Ordinal)).ToList();

    private static async Task UntilSnapshotAsync(ForgetfulFileSystem files, Action? meanwhile = null)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (Snapshots(files).Count == 0)
        {
            Assert.True(DateTime.UtcNow < deadline, "a snapshot is taken");
            meanwhile?.Invoke();
            await Task.Delay(1);
        }
    }

    private static int Ticks(ForgetfulFileSystem files)
    {
        using var reader = LogReader.OpenDirectory(PipelineRig.Directory + "/input", files, 0);
        var ticks = 0;
        while (reader.Read(out var record) == LogReadStatus.Record)
        {
            ticks += record.Header.Type == (byte)RecordType.Tick ? 1 : 0;
        }

        return ticks;
    }
}
