using System.Text.Json;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.IntegrationTests.Simulators;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Upstream;

/// <summary>The simulated city behind somebody else's broker.</summary>
public sealed class CityUpstreamTests
{
    private const int Restarts = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>A city of which some devices send twice, late and in the wrong order: its messages arrive otherwise than they were meant on both ways.</summary>
    [Fact]
    public async Task City_ThroughTheOwnServerAndThroughMosquitto_GivesEqualWindows()
    {
        await using var broker = await StartBrokerAsync();
        using var plan = new TemporaryDirectory();
        await File.WriteAllTextAsync(plan["faults.json"], """
            { "seed": 1, "faults": [
              { "device": "int-0001/detector/*", "kind": "duplicate", "start": "0s", "duration": "1h" },
              { "device": "int-0002/detector/*", "kind": "reorder", "start": "2m", "duration": "20m", "parameters": { "delay": "70s" } },
              { "device": "int-0003/detector/*", "kind": "backlog", "start": "5m", "duration": "10m", "parameters": { "order": "live-first" } } ] }
            """);
        using var city = await RecordedCity.RecordAsync(seed: 2, ["--intersections", "9", "--interval", "10s", "--demand", "150", "--start-time-of-day", "07:00", "--duration", "30m", "--faults", plan["faults.json"]]);

        var own = await WindowsAsync(city, static service => service.MqttPort);
        var upstream = await WindowsAsync(city, _ => broker.Port, $"--Mqtt:Upstream=mqtt://127.0.0.1:{broker.Port}", "--Mqtt:Listen=false");

        // 9 intersections with 4 approaches and 24 detectors, 30 minutes and two quarters of an hour.
        Assert.Equal(9 * 29 * 32, own.Count);
        Assert.Equal(own, upstream);
    }

    [Fact]
    public async Task City_MosquittoRestartedFiveTimes_EveryWindowIsTheTruth()
    {
        await using var broker = await StartBrokerAsync();
        using var directory = new TemporaryDirectory();
        string[] arguments = ["--intersections", "9", "--interval", "5s", "--board-every", "3", "--demand", "150", "--seed", "4"];
        var (check, _) = await SimulatorProgram.RunAsync(["city", "--check", "--network-out", directory["network.json"], "--json", .. arguments]);
        Assert.Equal(0, check);
        await using var service = await ServiceProcess.StartAsync(
            directory["data"], $"--Network:File={directory["network.json"]}", $"--Mqtt:Upstream=mqtt://127.0.0.1:{broker.Port}", "--Mqtt:Listen=false");
        using var api = new ServiceApi(service.Http);
        await api.WhenReadyAsync(Limit);

        // 216 detectors, 12 readings of each a minute, twenty minutes a minute: 864 messages a second.
        const int Total = 9 * 24 * 12 * 10;
        var running = SimulatorProgram.RunAsync(
            ["city", "--broker", $"mqtt://127.0.0.1:{broker.Port}", "--duration", "10m", "--speed", "20", "--truth", directory["truth"], "--json", .. arguments]);
        for (var restart = 1; restart <= Restarts; restart++)
        {
            await Eventually.ReachesAsync(() => ReceivedAsync(api, Total * restart / (Restarts + 1)), Limit);
            await broker.TerminateAsync();
            await broker.StartAsync();
        }

        var (exit, report) = await running;
        Assert.True(exit == 0, report.ToString());
        Assert.Equal((Total, Total, 0), (report.GetProperty("sent").GetInt64(), report.GetProperty("acknowledged").GetInt64(), report.GetProperty("lost").GetInt64()));
        Assert.True(report.GetProperty("reconnects").GetInt64() >= Restarts, report.ToString());

        await Eventually.ReachesAsync(() => DifferenceAsync(service, directory["truth"]), Limit);
        var ledger = await api.LedgerAsync();
        Assert.Equal((Total, 0, 0), (Count(ledger, "stored"), Count(ledger, "late"), Count(ledger, "unexplained")));
        Assert.Equal(Count(ledger, "received"), Count(ledger, "stored") + Count(ledger, "duplicate"));
    }

    private static async Task<MosquittoServer> StartBrokerAsync()
    {
        var broker = await MosquittoServer.TryStartPersistentAsync();
        Assert.SkipWhen(broker is null, "mosquitto is not installed");
        return broker;
    }

    /// <summary>The published windows, each in its last revision: every field but the number of that revision, which says how often the clock looked in between.</summary>
    private static async Task<List<string>> WindowsAsync(RecordedCity city, Func<ServiceProcess, int> port, params string[] more)
    {
        var (service, data) = await city.StartAsync(more);
        await using (service)
        {
            using var api = new ServiceApi(service.Http);
            await api.WhenReadyAsync(Limit);
            await city.ReplayAsync(port(service));
            await city.ScoreAsync(service);
            var ledger = await api.LedgerAsync();
            Assert.Equal((0, 0), (Count(ledger, "unexplained"), Count(ledger, "late")));
            Assert.Equal(0, await service.TerminateAsync());
        }

        var lines = (await RecordedCity.ExportAsync(data, "windows")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.EndsWith(",revision", lines[0], StringComparison.Ordinal);
        return [.. lines.Skip(1).Select(static line => line[..line.LastIndexOf(',')]).Order(StringComparer.Ordinal)];
    }

    private static async Task<string?> ReceivedAsync(ServiceApi api, long readings)
    {
        var received = Count(await api.LedgerAsync(), "received");
        return received >= readings ? null : $"{received} of {readings} received";
    }

    private static async Task<string?> DifferenceAsync(ServiceProcess service, string truth)
    {
        var (exit, score) = await SimulatorProgram.RunAsync("score", "--truth", truth, "--http", service.Http.ToString(), "--json");
        var windows = score.GetProperty("healthy");
        return exit == 0 && Count(windows, "windows") >= 9 * 24 * 8 && Count(windows, "exact") == Count(windows, "windows") ? null : score.ToString();
    }

    private static long Count(JsonElement part, string name) => part.GetProperty(name).GetInt64();
}
