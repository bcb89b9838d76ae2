using System.Globalization;
using System.Text.Json;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>The process is killed while it does all that it can: hundreds of connections with full windows, commits one after the other.</summary>
[Collection(FaultSuite.Name)]
public sealed class SaturationFaultTests
{
    private const int Connections = 500;
    private const int Messages = 2_000_000;

    // What the machine never reaches: the generator is always behind, and sends as soon as an acknowledgement makes room.
    private const int Rate = 1_000_000;
    private static readonly double[] Moments = [0.25, 0.6];

    [Fact]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    public async Task Sigkill_AtSaturation_EveryAcknowledgedReadingIsStoredOnce()
    {
        using var files = new TemporaryDirectory();
        var (mqtt, http) = (FreePort.Find(), FreePort.Find());
        Task<ServiceProcess> StartAsync() => ServiceProcess.StartAsync(files["data"], $"--Mqtt:Port={mqtt}", $"--Http:Port={http}", "--Windows:IdleTimeout=2s");
        var service = await StartAsync();
        try
        {
            await using var load = ProgramProcess.StartSimulator(
                "load", "--broker", $"mqtt://127.0.0.1:{mqtt}", "--http", $"http://127.0.0.1:{http}", "--rate", Text(Rate), "--count", Text(Messages), "--connections", Text(Connections),
                "--intersections", Text(Connections), "--drain", "240s", "--verify-windows", "--json");
            foreach (var moment in Moments)
            {
                await WhenStoredAsync(service, load, (long)(Messages * moment));
                await service.KillAsync();
                await service.DisposeAsync();
                service = await StartAsync();
            }

            var exit = await load.WaitAsync(TimeSpan.FromMinutes(8));
            Assert.True(exit == 0, load.Output);
            AssertStoredOnce(load.Output.Split('\n').Last(static line => line.StartsWith('{')));
            Assert.Equal(0, await service.TerminateAsync());
            foreach (var how in (string[][])[[], ["--verify"]])
            {
                var (code, output) = await ServiceProcess.RunAsync("trafficcore.dll", ["audit", $"--Data:Directory={files["data"]}", .. how]);
                Assert.True(code == 0, output);
            }
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    /// <summary>Every message was acknowledged in the end, also those that were on their way when their connection was lost; each is stored once, and the windows hold each once.</summary>
    private static void AssertStoredOnce(string line)
    {
        using var document = JsonDocument.Parse(line);
        var (report, ledger, windows) = (document.RootElement, document.RootElement.GetProperty("ledger"), document.RootElement.GetProperty("windows"));
        Assert.Equal((Messages, Messages), (Number(report, "planned"), Number(report, "acknowledged")));
        Assert.True(Number(report, "connectionsLost") >= Connections * Moments.Length, line);
        Assert.True(Number(report, "resent") > 0, "nothing was on its way when the process was killed");
        Assert.Equal((Messages, 0), (Number(ledger, "stored"), Number(ledger, "unexplained")));
        Assert.Equal(Number(windows, "expected"), Number(windows, "found"));
    }

    private static Task WhenStoredAsync(ServiceProcess service, ProgramProcess load, long readings) => Eventually.ReachesAsync(
        async () =>
        {
            Assert.False(load.HasEnded, load.Output);
            using var api = new ServiceApi(service.Http);
            var ledger = await api.LedgerAsync();
            return Number(ledger, "stored") >= readings ? null : ledger.ToString();
        },
        FaultRun.Limit);

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
