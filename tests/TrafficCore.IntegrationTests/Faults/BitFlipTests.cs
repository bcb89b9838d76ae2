using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.Mqtt.Client;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>A bit flipped in each kind of file, after a SIGKILL under load.</summary>
[Collection(FaultSuite.Name)]
public sealed class BitFlipTests(UndisturbedRun undisturbed)
{
    [Fact]
    public async Task Bit_InTheInputLogBehindTheSnapshot_LosesWhatTheLedgerNames()
    {
        await using var run = new FaultRun("--Pipeline:SnapshotInterval=1h", "--Pipeline:SegmentBytes=67108864");
        await run.StartUnderLoadAsync();
        await run.WhenAcknowledgedAsync(0.4);
        await run.KillAsync();
        DataFile.FlipInReadings(Path.Combine(run.DataDirectory, "input"));
        await run.StartAsync();

        await run.WhenSentAsync();
        await run.WhenHealthyAsync();
        using var api = new ServiceApi(run.Service.Http);
        var ledger = await api.LedgerAsync();
        var lost = ledger.GetProperty("corrupt").GetInt64();
        Assert.InRange(lost, 1, 100);
        Assert.Equal((0, run.Fleet.Total - lost), (ledger.GetProperty("unexplained").GetInt64(), ledger.GetProperty("stored").GetInt64()));
        Assert.Single(Directory.GetFiles(Path.Combine(run.DataDirectory, "damaged")));
        await AssertOthersAsUndisturbedAsync(run, api, lost);
        await run.StopAsync();
        await run.AuditAsync();
    }

    [Theory]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    [InlineData("snapshots/*.snapshot", true)]
    [InlineData("input/history.chain", null)]
    [InlineData("input/*.pack", false)]
    [InlineData("output/*.log", null)]
    [InlineData("output/history.chain", null)]
    [InlineData("state/*.log", null)]
    [InlineData("state/history.chain", null)]
    [InlineData("city/*.snapshot", true)]
    [InlineData("sessions/log/*.log", true)]
    [InlineData("sessions/log/history.chain", true)]
    [InlineData("sqlite/detector-*.db", true)]
    [InlineData("sqlite/detector-*.db-wal", true)]
    [InlineData("sqlite/catalog.db", true)]
    [InlineData("sqlite/catalog.db-wal", true)]
    [InlineData("*.cursor", true)]
    public async Task Bit_InAnyOtherFile_LosesNothing(string kind, bool? isProved)
    {
        await using var influx = await RecordedReplay.StartInfluxAsync();
        await using var run = new FaultRun($"--Influx:Url={influx.Url}", "--Influx:Api=v1", "--City:SaveEvery=1s", "--Pipeline:SealingCpuPercent=100");
        await run.StartUnderLoadAsync();
        await KeepSessionAsync(run);
        await run.WhenAcknowledgedAsync(0.85);
        await run.KillAsync();
        DataFile.Newest(run.DataDirectory, kind).FlipInTheMiddle();
        await run.StartAsync();
        await run.AssertAsUndisturbedAsync(
            undisturbed, () => Eventually.ReachesAsync(async () => FaultRows.Difference(undisturbed.InfluxRows, await FaultRows.OfInfluxAsync(influx)), FaultRun.Limit), isProved);
    }

    /// <summary>A session that outlives its connection, so that the journal holds something.</summary>
    private static async Task KeepSessionAsync(FaultRun run)
    {
        await using var client = await MqttClient.ConnectAsync(new MqttClientOptions
        {
            Host = "127.0.0.1", Port = run.Service.MqttPort, ClientId = "kept", CleanStart = false, SessionExpiry = TimeSpan.FromHours(1),
        });
        await client.SubscribeAsync(new MqttSubscription("elsewhere/#"));
    }

    /// <summary>
    /// Detectors of which the ledger says that nothing is lost have the undisturbed rows, when their last windows are closed. The others miss what it says, or less: what was published before the kill stays published.
    /// </summary>
    private async Task AssertOthersAsUndisturbedAsync(FaultRun run, ServiceApi api, long lost)
    {
        var named = 0L;
        foreach (var series in run.Fleet.Series)
        {
            var ledger = await api.LedgerAsync(series.Replace("/detectors/", "/detector/", StringComparison.Ordinal));
            var corrupt = ledger.GetProperty("corrupt").GetInt64();
            named += corrupt;
            await Eventually.ReachesAsync(() => DifferenceAsync(run, api, series, corrupt), FaultRun.Limit);
        }

        Assert.Equal(lost, named);
    }

    private async Task<string?> DifferenceAsync(FaultRun run, ServiceApi api, string series, long corrupt)
    {
        if (corrupt == 0)
        {
            var rows = await api.FlowTextAsync(series, run.Fleet.Start, run.Fleet.End, "60s");
            return undisturbed.Rows.Where(row => row.StartsWith($"{series} 60s ", StringComparison.Ordinal)).SequenceEqual(rows)
                ? null : $"{series}: {string.Join('\n', rows)}";
        }

        var found = (await api.FlowAsync(series, run.Fleet.Start, run.Fleet.End, "60s")).Values.Sum(static row => row.GetProperty("readings").GetInt64());
        return found >= FaultRun.ReadingsPerDetector - corrupt && found <= FaultRun.ReadingsPerDetector ? null : $"{series}: {found} readings, {corrupt} corrupt";
    }
}
