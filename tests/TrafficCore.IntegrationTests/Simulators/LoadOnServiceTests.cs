using System.Text.Json;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Simulators;

/// <summary>Load against the service, which must account for everything that was sent.</summary>
public sealed class LoadOnServiceTests : IAsyncLifetime
{
    private RunningService service = null!;

    public async ValueTask InitializeAsync() => service = await RunningService.StartAsync("--Windows:IdleTimeout=1s");

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task Load_EverythingAtOnce_IsInLedgerAndWindows()
    {
        var (exit, report) = await RunAsync(
            "--rate", "600", "--ramp", "100:1s", "--burst", "100:1s", "--storm", "1500ms:3", "--duration", "3s", "--connections", "20", "--qos", "2", "--batch", "3",
            "--payload", "full", "--duplicates", "0.1", "--late", "0.1", "--late-by", "5m", "--ledger", "devices", "--verify-windows");

        Assert.True(exit == 0, report.ToString());
        var (ledger, windows) = (report.GetProperty("ledger"), report.GetProperty("windows"));
        Assert.Equal(1550 + 200 + 60, Number(report, "planned"));
        Assert.Equal((Number(report, "items"), 0), (Number(ledger, "stored"), Number(ledger, "unexplained")));
        Assert.True(Number(ledger, "duplicate") > 100, report.ToString());
        Assert.Equal(Number(windows, "expected"), Number(windows, "found"));
        Assert.True(Number(windows, "found") > 5000, report.ToString());
    }

    [Fact]
    public async Task Load_ControllerEvents_AreCountedOneByOne()
    {
        var (exit, report) = await RunAsync("--rate", "200", "--duration", "2s", "--connections", "10", "--events", "0.5", "--events-per-batch", "7", "--ledger", "devices");

        Assert.True(exit == 0, report.ToString());
        Assert.InRange(Number(report, "items"), 1300, 1900); // 400 messages, half of them with 7 events
        Assert.Equal(Number(report, "items"), Number(report.GetProperty("ledger"), "stored"));
    }

    [Fact]
    public async Task Load_ArraysOfAnIntersection_AreStoredReadingByReading()
    {
        var (exit, report) = await RunAsync("--rate", "100", "--count", "100", "--connections", "5", "--topic", "detectors", "--batch", "10", "--bytes", "2000", "--qos", "0");

        Assert.True(exit == 0, report.ToString());
        Assert.Equal((1000, 1000), (Number(report, "items"), Number(report.GetProperty("ledger"), "stored")));
    }

    [Fact]
    public async Task Load_SomethingElseSends_IsNoticedUnlessOnlyOwnDevicesCount()
    {
        string[] load = ["--rate", "200", "--connections", "10", "--duration", "2s"];
        var (disturbed, disturber) = (RunAsync([.. load, "--prefix", "a"]), RunAsync([.. load, "--prefix", "b", "--ledger", "devices"]));

        Assert.Equal(0, (await disturber).Exit);
        var (exit, report) = await disturbed;
        Assert.Equal(1, exit);
        Assert.Contains("the ledger stored", report.GetProperty("problems")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_TwoGeneratorsSideBySide_AddsUp()
    {
        using var directory = new TemporaryDirectory();
        await Task.WhenAll(((string[])["a", "b"]).Select(async prefix =>
        {
            var (exit, report) = await RunAsync("--rate", "200", "--connections", "10", "--count", "300", "--prefix", prefix, "--ledger", "devices");
            Assert.True(exit == 0, report.ToString());
            await File.WriteAllLinesAsync(directory[prefix + ".json"], ["a line before", report.ToString()]);
        }));

        var (merged, sum) = await SimulatorProgram.RunAsync("load", "merge", directory["a.json"], directory["b.json"], "--json");

        Assert.Equal((0, 2, 600, 600), (merged, Number(sum, "generators"), Number(sum, "sent"), Number(sum, "acknowledged")));
        Assert.Equal(600, sum.GetProperty("latencyHistogram").GetProperty("buckets").EnumerateArray().Sum(static bucket => bucket[1].GetInt64()));
        var (_, text, _) = await SimulatorProgram.RunTextAsync("load", "merge", directory["a.json"], directory["b.json"]);
        Assert.Contains("from 2 generators", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_DevicesThatTheServiceRefuses_ExitsWithOneAndSaysSo()
    {
        await using var closed = await RunningService.StartWithNetworkAsync("{\"city\":\"c\",\"timeZone\":\"UTC\",\"intersections\":[]}", "--Network:Open=false");

        var (exit, report) = await SimulatorProgram.RunAsync(
            "load", "--broker", $"mqtt://127.0.0.1:{closed.Service.Mqtt.Port}", "--http", closed.Http.BaseAddress!.ToString(), "--count", "20", "--connections", "5", "--drain", "2s", "--json");

        Assert.Equal((1, 20), (exit, Number(report.GetProperty("ledger"), "rejected")));
        Assert.Contains("rejected 20", report.GetProperty("problems").ToString(), StringComparison.Ordinal);
    }

    private Task<(int Exit, JsonElement Report)> RunAsync(params string[] arguments) => SimulatorProgram.RunAsync(
        ["load", "--broker", $"mqtt://127.0.0.1:{service.Service.Mqtt.Port}", "--http", service.Http.BaseAddress!.ToString(), "--json", .. arguments]);

    private static long Number(JsonElement report, string name) => report.GetProperty(name).GetInt64();
}
