using System.Diagnostics;
using System.Globalization;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.Mqtt.Broker;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>The unit for systemd names a program, options and limits that are those of the service.</summary>
public sealed class SystemdUnitTests
{
    private const string Program = "/opt/trafficcore/trafficcore";

    private static readonly string UnitPath = Path.Combine(DocumentationTests.Root, "deploy", "systemd", "trafficcore.service");

    private static readonly ILookup<string, string> Unit = File.ReadLines(UnitPath)
        .Where(static line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
        .Select(static line => line.Split('=', 2))
        .ToLookup(static pair => pair[0], static pair => pair[1]);

    [Fact]
    public async Task Unit_ProgramAndEnvironment_AreThoseOfTheService()
    {
        Assert.Equal($"{Program} run", Unit["ExecStart"].Single());
        Assert.Equal("trafficcore", typeof(TrafficCore.Host.TrafficCoreService).Assembly.GetName().Name);
        var variables = Unit["Environment"].Select(static line => line.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]);
        Assert.Equal($"/var/lib/{Unit["StateDirectory"].Single()}", variables["TRAFFICCORE_Data__Directory"]);
        Assert.Equal($"/etc/{Unit["ConfigurationDirectory"].Single()}", Unit["WorkingDirectory"].Single());

        var (exit, output) = await ServiceProcess.RunAsync(
            "trafficcore.dll",
            start =>
            {
                foreach (var (name, value) in variables)
                {
                    start.Environment[name] = value;
                }
            },
            "check");
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void Unit_Limits_HoldWhatTheServicePromises()
    {
        // The program does not notify, and a wrong configuration is not tried again.
        Assert.Equal("exec", Unit["Type"].Single());
        Assert.Equal(("on-failure", "2"), (Unit["Restart"].Single(), Unit["RestartPreventExitStatus"].Single()));
        Assert.True(Number("TimeoutStopSec") >= 2 * 10);
        Assert.Equal("SIGTERM", Unit["KillSignal"].Single());
        Assert.True(Number("LimitNOFILE") >= 2 * new BrokerOptions().MaxConnections);
        Assert.NotEmpty(Unit["MemoryMax"].Single());

        // The runtime compiles while it runs.
        Assert.Empty(Unit["MemoryDenyWriteExecute"]);
    }

    [Fact]
    public async Task Unit_SystemdAnalyze_FindsNothing()
    {
        if (RequiredTools.Find("systemd-analyze") is not { } analyze)
        {
            Assert.Skip("systemd-analyze is not installed");
            return;
        }

        // It looks for the program, which is installed nowhere here: the one that was built takes its place.
        using var directory = new TemporaryDirectory();
        var unit = await File.ReadAllTextAsync(UnitPath);
        await File.WriteAllTextAsync(directory["trafficcore.service"], unit.Replace(Program, Path.Combine(AppContext.BaseDirectory, "trafficcore"), StringComparison.Ordinal));
        using var verify = Process.Start(new ProcessStartInfo(analyze, ["verify", directory["trafficcore.service"]]) { RedirectStandardError = true })!;
        var said = await verify.StandardError.ReadToEndAsync();
        await verify.WaitForExitAsync();
        Assert.Equal((0, ""), (verify.ExitCode, said.Trim()));
    }

    private static int Number(string key) => int.Parse(Unit[key].Single(), CultureInfo.InvariantCulture);
}
