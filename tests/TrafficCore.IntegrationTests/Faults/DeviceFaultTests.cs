using System.Globalization;
using System.Text;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>Devices that send out of order, twice, all at once, or what is refused at first.</summary>
[Collection(FaultSuite.Name)]
public sealed class DeviceFaultTests(UndisturbedRun undisturbed)
{
    private const int Refused = 6_000;

    [Fact]
    public async Task Readings_InAnyOrderAndSomeTwice_GiveTheSameRows()
    {
        await using var run = new FaultRun { Fleet = FaultRun.NewDisorderlyFleet(seed: 20261129) };
        await run.StartUnderLoadAsync();
        await run.AssertAsUndisturbedAsync(undisturbed);
    }

    [Fact]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    public async Task Devices_FiveThousandBackAtOnceWithFortyMinutesEach_AreAllCounted()
    {
        using var data = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(data.FullName, "--Ingest:MaxSkew=1.00:00:00");
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var fleet = new DeviceFleet(detectors: 5_000, readingsPerDevice: 40) { IntervalMs = 60_000 };
        await fleet.RunAsync(() => service.MqttPort, giveUp.Token);
        Assert.Equal(fleet.Total, fleet.Acknowledged);
        await fleet.AssertWindowsAsync(service);
        await fleet.AssertLedgerAsync(service);
        using var api = new ServiceApi(service.Http);
        await Eventually.ReachesAsync(async () => await api.GetTextAsync("health/ready") is var text && text == """{"status":"ready","reasons":[]}""" ? null : text, FaultRun.Limit);
        Assert.Equal(0, await service.TerminateAsync());
    }

    [Fact]
    public async Task Requeue_SigkillOnTheWay_TakesEachPayloadInOnce()
    {
        await using var run = new FaultRun("--Network:Open=false");
        await run.StartUnderLoadAsync();
        using (var device = new RawDevice())
        {
            await device.ConnectAsync(run.Service.MqttPort, "unknown", CancellationToken.None);
            await device.PublishAllAsync("traffic/v1/int-0004/detector/d-00", [.. Enumerable.Range(0, Refused).Select(n => Reading(run.Fleet.Start, n))], 16, static _ => { }, CancellationToken.None);
        }

        await ReachesAsync(run, "api/v1/ledger", static ledger => ledger.GetProperty("rejected").TryGetProperty("unknown-device", out var count) && count.GetInt64() == Refused);
        await File.WriteAllTextAsync(run.NetworkFile, FaultNetwork.Text(intersections: 5));
        await ReachesAsync(run, "api/v1/intersections", static all => all.GetArrayLength() == 5);
        var requeue = RequeueAsync(run);
        await ReachesAsync(run, "api/v1/ledger/int-0004/detector/d-00", static ledger => ledger.GetProperty("stored").GetInt64() > 0);
        await run.RestartAsync();
        Assert.NotEqual(0, (await requeue).ExitCode);

        // Again, until nothing is left to do.
        await Eventually.ReachesAsync(
            async () =>
            {
                var (exit, text) = await RequeueAsync(run);
                return exit == 0 && text.StartsWith("requeued 0, refused again 0,", StringComparison.Ordinal) ? null : text;
            },
            FaultRun.Limit);
        await run.WhenSentAsync();
        await run.Fleet.AssertWindowsAsync(run.Service);
        await run.AssertRowsAsync(undisturbed.Rows);
        using var api = new ServiceApi(run.Service.Http);
        var ledger = await api.LedgerAsync("int-0004/detector/d-00");
        Assert.Equal((Refused, 0), (ledger.GetProperty("stored").GetInt64(), ledger.GetProperty("unexplained").GetInt64()));
        var whole = await api.LedgerAsync();
        Assert.Equal((Refused + run.Fleet.Total, 0), (whole.GetProperty("stored").GetInt64(), whole.GetProperty("unexplained").GetInt64()));
        await run.WhenHealthyAsync();
        await run.StopAsync();
        await run.AuditAsync();
    }

    private static Task ReachesAsync(FaultRun run, string path, Func<System.Text.Json.JsonElement, bool> condition) => Eventually.ReachesAsync(
        async () =>
        {
            using var http = new HttpClient { BaseAddress = run.Service.Http };
            var text = await http.GetAsync(new Uri(path, UriKind.Relative)) is { IsSuccessStatusCode: true } answer ? await answer.Content.ReadAsStringAsync() : "null";
            using var json = System.Text.Json.JsonDocument.Parse(text);
            return text != "null" && condition(json.RootElement) ? null : text;
        },
        FaultRun.Limit);

    private static Task<(int ExitCode, string Output)> RequeueAsync(FaultRun run) =>
        ServiceProcess.RunAsync("trafficcore.dll", "requeue", $"--http={run.Service.Http}", "--from=-1h");

    private static byte[] Reading(DateTimeOffset start, int number) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{{\"ts\":{start.ToUnixTimeMilliseconds() - ((Refused - number) * 1000L)},\"interval\":1000,\"volume\":1}}"));
}
