using System.Text.Json;
using TrafficCore.Simulators.Cli;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Simulators;

/// <summary>The simulated city as a program: against the real service, and into files.</summary>
public sealed class CityTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task City_AgainstTheService_WindowsEqualTheTruth()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["faults.json"], """
            { "seed": 1, "faults": [
              { "device": "int-0001/detector/d-01", "kind": "count-drift", "start": "0s", "duration": "8m", "parameters": { "percent": -90 } },
              { "device": "int-0002/detector/*", "kind": "backlog", "start": "1m", "duration": "3m", "parameters": { "order": "live-first" } },
              { "device": "int-0003/detector/*", "kind": "duplicate", "start": "0s", "duration": "1h" },
              { "device": "int-0004/detector/d-02", "kind": "silence", "start": "3m", "duration": "2m" },
              { "device": "int-0004/detector/d-03", "kind": "malformed", "start": "3m", "duration": "2m" } ] }
            """);
        string[] city = ["--intersections", "4", "--interval", "10s", "--board-every", "2", "--demand", "150", "--seed", "3"];
        await RunAsync(["city", "--check", "--network-out", directory["network.json"], .. city]);
        await using var service = await ServiceProcess.StartAsync(directory["data"], $"--Network:File={directory["network.json"]}");

        // Ten times as fast as real time: eight minutes of the city, of which seven are whole windows.
        var (exit, report) = await RunAsync(
            ["city", "--broker", $"mqtt://127.0.0.1:{service.MqttPort}", "--duration", "8m", "--speed", "20", "--faults", directory["faults.json"], "--truth", directory["truth"], "--json", .. city]);

        Assert.True(exit == ExitCode.Done, report.ToString());
        Assert.Equal(0, report.GetProperty("lost").GetInt64());
        Assert.Equal(report.GetProperty("broken").GetInt64(), report.GetProperty("refused").GetInt64());
        Assert.InRange(report.GetProperty("broken").GetInt64(), 10, 13);
        await Eventually.ReachesAsync(() => DifferenceAsync(service, directory["truth"]), Limit);
    }

    [Fact]
    public async Task City_RecordedTwice_SameBytesInOrderAndAValidNetwork()
    {
        using var directory = new TemporaryDirectory();
        foreach (var name in (string[])["a", "b"])
        {
            var (exit, report) = await RunAsync("city", "--record", directory[name], "--network-out", directory[name + ".json"], "--intersections", "9", "--duration", "15m", "--report", "both", "--signals", "actuated", "--json");
            Assert.True(exit == ExitCode.Done, report.ToString());
        }

        Assert.Equal(await File.ReadAllBytesAsync(directory["a"]), await File.ReadAllBytesAsync(directory["b"]));
        var due = File.ReadLines(directory["a"]).Select(static l => JsonDocument.Parse(l).RootElement.GetProperty("due").GetInt64()).ToList();
        Assert.Equal(due.Order(), due);
        Assert.True(due.Count > 9 * ((24 * 15) + 600), $"{due.Count}");

        var (check, output) = await ServiceProcess.RunAsync("trafficcore.dll", "check", $"--Network:File={directory["a.json"]}");
        Assert.True(check == 0, output);
    }

    [Fact]
    public async Task City_OtherThreads_SameTruth()
    {
        using var directory = new TemporaryDirectory();
        foreach (var threads in (string[])["1", "3"])
        {
            await RunAsync("city", "--record", directory[threads], "--truth", directory["truth" + threads], "--threads", threads, "--intersections", "9", "--duration", "10m", "--demand", "200");
        }

        foreach (var file in (string[])["detectors.csv", "approaches.csv"])
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(directory["truth1"], file)), await File.ReadAllBytesAsync(Path.Combine(directory["truth3"], file)));
        }
    }

    [Fact]
    public async Task City_WrongInputs_AreAllListed()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["network.json"], """{ "intersections": [ { "id": "a b" }, { "id": "x", "approaches": [ { "id": "n", "phase": 0, "detectors": [] } ] } ] }""");
        await File.WriteAllTextAsync(directory["faults.json"], """{ "faults": [ { "device": "x", "kind": "asleep", "start": "1m", "duration": "1m" } ] }""");

        var (exit, output) = await ServiceProcess.RunAsync("trafficcore-sim.dll", "city", "--check", "--network", directory["network.json"], "--faults", directory["faults.json"]);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.All((string[])["intersections[0].id", "approaches[0].phase", "$.faults[0].device", "$.faults[0].kind"], part => Assert.Contains(part, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task City_BacklogBeyondMemory_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["faults.json"], """{ "faults": [ { "device": "*/detector/*", "kind": "backlog", "start": "1m", "duration": "3h" } ] }""");
        var error = new StringWriter();

        Assert.Equal(ExitCode.Done, await SimulatorCommandLine.RunAsync(["city", "--check", "--intersections", "1", "--interval", "60s", "--faults", directory["faults.json"]], new StringWriter(), error));
        Assert.Equal(ExitCode.Usage, await SimulatorCommandLine.RunAsync(["city", "--check", "--intersections", "1", "--interval", "1s", "--faults", directory["faults.json"]], new StringWriter(), error));
        Assert.Contains("$.faults[0].duration", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string?> DifferenceAsync(ServiceProcess service, string truth)
    {
        var (exit, score) = await RunAsync("score", "--truth", truth, "--http", service.Http.ToString(), "--json");
        var (healthy, faulty) = (score.GetProperty("healthy"), score.GetProperty("faulty"));
        long Count(JsonElement part, string name) => part.GetProperty(name).GetInt64();

        // Without a fault every window is exact. With one: what was sent is what the service says, late and twice or not.
        return exit == ExitCode.Done && Count(healthy, "windows") >= 4 * 24 * 4 && Count(healthy, "exact") == Count(healthy, "windows")
            && Count(faulty, "windows") >= 24 * 7 && Count(faulty, "asSent") == Count(faulty, "answered") && Count(faulty, "exact") < Count(faulty, "answered")
            ? null
            : score.ToString();
    }

    private static async Task<(int Exit, JsonElement Report)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exit = await SimulatorCommandLine.RunAsync(arguments, output, error).WaitAsync(Limit);
        var last = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(static l => l.StartsWith('{'));
        Assert.True(last is not null || output.ToString().Length > 0, error.ToString());
        return (exit, last is null ? default : JsonDocument.Parse(last).RootElement.Clone());
    }
}
