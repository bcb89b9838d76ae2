using System.Text.Json;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Simulators;

/// <summary>The README's first command, as a child process.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_ShortRun_ShowsWindowsAndAccountsForEverything()
    {
        using var data = new TemporaryDirectory();

        // Windows of 10 s begin at full 10 s: after 22 s at least one whole one has closed.
        var (exit, output) = await ServiceProcess.RunAsync(
            "trafficcore-sim.dll", "demo", "--duration", "22s", "--mqtt-port", "0", "--http-port", "0", "--data", data.FullName, "--json");

        Assert.True(exit == 0, output);
        using var report = JsonDocument.Parse(output.Split('\n').Last(static line => line.StartsWith('{')));
        Assert.True(report.RootElement.GetProperty("balanced").GetBoolean(), output);
        Assert.Equal(6, report.RootElement.GetProperty("intersectionsWithWindows").GetInt32());
        Assert.True(report.RootElement.GetProperty("acknowledged").GetInt64() > 500, output);
        Assert.Contains("mosquitto_sub", output, StringComparison.Ordinal);
        Assert.Contains("int-0001 window", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_WithLedger_FindsEverythingStored()
    {
        using var data = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(data.FullName);

        var (exit, output) = await ServiceProcess.RunAsync(
            "trafficcore-sim.dll",
            ["load", "--broker", $"mqtt://127.0.0.1:{service.MqttPort}", "--http", service.Http.ToString(), "--rate", "2000", "--connections", "50", "--count", "4000", "--json"]);

        Assert.True(exit == 0, output);
        using var report = JsonDocument.Parse(output.Split('\n').Last(static line => line.StartsWith('{')));
        var ledger = report.RootElement.GetProperty("ledger");
        Assert.Equal((4000, 4000, 0), (ledger.GetProperty("received").GetInt32(), ledger.GetProperty("stored").GetInt32(), ledger.GetProperty("unexplained").GetInt32()));
    }

    [Fact]
    public async Task Replay_RefusedPayload_IsToldByTheExitCode()
    {
        using var data = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(data.FullName);
        await File.WriteAllLinesAsync(data["old.csv"], ["TimeStamp,DeviceId,EventId,Parameter", "2001-01-01T00:00:00,7,82,1"]);

        // Without Ingest:MaxAge=unlimited the events are too old: acknowledged, because they are kept, but in quarantine.
        var (exit, output) = await ServiceProcess.RunAsync(
            "trafficcore-sim.dll", "replay", data["old.csv"], "--format", "indiana", "--broker", $"mqtt://127.0.0.1:{service.MqttPort}", "--json");

        Assert.True(exit == 0, output);
        using var report = JsonDocument.Parse(output.Split('\n').Last(static line => line.StartsWith('{')));
        Assert.Equal(1, report.RootElement.GetProperty("acknowledged").GetInt32());
    }
}
