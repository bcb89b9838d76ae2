using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>The program as a child process: exit codes, signals, what scripts parse.</summary>
public sealed class ProgramTests
{
    private const string Program = "trafficcore.dll";

    [Fact]
    public async Task Sigterm_WithWork_DrainsAndExitsWithZero()
    {
        using var data = new TemporaryDirectory();
        await using (var service = await ServiceProcess.StartAsync(data.FullName))
        {
            await PublishAsync(service, 200);
            Assert.Equal(0, await service.TerminateAsync());
            Assert.Contains("Stopped", service.Output, StringComparison.Ordinal);
        }

        await AssertLedgerAsync(data, stored: 200);
    }

    [Fact]
    public async Task Sigkill_AcknowledgedReadings_AreThereAfterTheRestart()
    {
        using var data = new TemporaryDirectory();
        await using (var killed = await ServiceProcess.StartAsync(data.FullName))
        {
            await PublishAsync(killed, 200);
            await killed.KillAsync();
        }

        await AssertLedgerAsync(data, stored: 200);
        await using var service = await ServiceProcess.StartAsync(data.FullName, "--Windows:IdleTimeout=1s");
        using var api = new ServiceApi(service.Http);
        await Eventually.ReachesAsync(
            async () => (await api.LedgerAsync()).GetProperty("stored").GetInt64() is var stored && stored == 200 ? null : $"{stored} stored",
            TimeSpan.FromSeconds(20));
        Assert.Equal(0, (await api.LedgerAsync()).GetProperty("unexplained").GetInt64());
        await PublishAsync(service, 200);
        await Eventually.ReachesAsync(
            async () => (await api.LedgerAsync()).GetProperty("duplicate").GetInt64() is var duplicate && duplicate == 200 ? null : $"{duplicate} duplicates",
            TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Run_ConfigurationWrong_ListsEveryErrorAndExitsWithTwo()
    {
        var (exit, output) = await ServiceProcess.RunAsync(Program, "run", "--Mqtt:Prot=1883", "--Windows:Length=never");
        Assert.Equal(2, exit);
        Assert.Contains("Mqtt:Prot: is not a known key; the nearest is Mqtt:Port", output, StringComparison.Ordinal);
        Assert.Contains("Windows:Length: \"never\" is not a duration", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("fly")]
    [InlineData("audit", "--what")]
    [InlineData("export")]
    [InlineData("export", "windows", "--from", "yesterday")]
    [InlineData("export", "windows", "--from", "-5m", "--to", "-10m")]
    [InlineData("export", "readings", "--output", "/nowhere/readings.csv")]
    public async Task Usage_Wrong_ExitsWithTwo(params string[] arguments) =>
        Assert.Equal(2, (await ServiceProcess.RunAsync(Program, arguments)).ExitCode);

    [Fact]
    public async Task Help_ExitsWithZero()
    {
        var (exit, output) = await ServiceProcess.RunAsync(Program, "--help");
        Assert.Equal(0, exit);
        Assert.Contains("audit", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NetworkFileWrong_PrintsEveryErrorWithItsPath()
    {
        using var directory = new TemporaryDirectory();
        var file = directory["network.json"];
        await File.WriteAllTextAsync(file, """{ "city": "x", "timeZone": "Mars/Base", "intersections": [ { "id": "no spaces" }, { "id": "a" }, { "id": "a" } ] }""");
        var (exit, output) = await ServiceProcess.RunAsync(Program, "check", $"--Network:File={file}");
        Assert.Equal(2, exit);
        Assert.Contains("$.timeZone", output, StringComparison.Ordinal);
        Assert.Contains("$.intersections[0].id", output, StringComparison.Ordinal);
        Assert.Contains("$.intersections[2].id", output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, """{ "city": "x", "intersections": [ { "id": "a", "approaches": [] } ] }""");
        (exit, output) = await ServiceProcess.RunAsync(Program, "check", $"--Network:File={file}");
        Assert.True(exit == 0, output);
    }

    [Theory]
    [InlineData("audit")]
    [InlineData("export", "readings")]
    [InlineData("export", "windows")]
    public async Task Offline_NoDataDirectory_ExitsWithTwo(params string[] command)
    {
        using var directory = new TemporaryDirectory();
        var (exit, output) = await ServiceProcess.RunAsync(Program, [.. command, $"--Data:Directory={directory["missing"]}"]);
        Assert.True(exit == 2, output);
        Assert.Equal($"Data:Directory: {directory["missing"]} is not a data directory.", output.TrimEnd());
        Assert.False(Directory.Exists(directory["missing"]));
    }

    [Theory]
    [InlineData("readings")]
    [InlineData("windows")]
    public async Task Export_NoDataDirectory_LeavesTheEarlierFile(string what)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["out.csv"], "earlier");
        var (exit, _) = await ServiceProcess.RunAsync(Program, "export", what, $"--Data:Directory={directory["missing"]}", "--output", directory["out.csv"]);
        Assert.Equal((2, "earlier"), (exit, await File.ReadAllTextAsync(directory["out.csv"])));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Directory_OfOtherWindowLengths_IsAuditedAndNotRunOn(bool killed)
    {
        using var data = new TemporaryDirectory();
        await using (var service = await ServiceProcess.StartAsync(data.FullName, "--Windows:Length=30s,600s", "--Windows:IdleTimeout=1s"))
        {
            await PublishAsync(service, 90);
            using var api = new ServiceApi(service.Http);
            var now = TimeProvider.System.GetUtcNow();
            await Eventually.ReachesAsync(
                async () => (await api.FlowAsync("int-1/detectors/d-1", now.AddHours(-2), now, "30s")).Count is var rows && rows >= 3 ? null : $"{rows} rows",
                TimeSpan.FromSeconds(40));
            if (killed)
            {
                await service.KillAsync();
            }
            else
            {
                Assert.Equal(0, await service.TerminateAsync());
            }
        }

        await AssertLedgerAsync(data, stored: 90);
        var (exit, output) = await ServiceProcess.RunAsync(Program, "run", $"--Data:Directory={data.FullName}", "--Mqtt:Port=0", "--Http:Port=0");
        Assert.True(exit == 2, output);
        Assert.Contains("Data:Directory: it holds windows of 30s", output, StringComparison.Ordinal);
        await AssertLedgerAsync(data, stored: 90);
    }

    [Fact]
    public async Task Export_ReadingsAndWindows_AreCsv()
    {
        using var data = new TemporaryDirectory();
        await using (var service = await ServiceProcess.StartAsync(data.FullName, "--Windows:IdleTimeout=1s"))
        {
            await PublishAsync(service, 120);
            using var api = new ServiceApi(service.Http);
            var now = TimeProvider.System.GetUtcNow();
            await Eventually.ReachesAsync(
                async () => (await api.FlowAsync("int-1/detectors/d-1", now.AddHours(-2), now, "60s")).Count is var rows && rows >= 2 ? null : $"{rows} rows",
                TimeSpan.FromSeconds(40));
            Assert.Equal(0, await service.TerminateAsync());
        }

        var (exit, readings) = await ServiceProcess.RunAsync(Program, "export", "readings", $"--Data:Directory={data.FullName}");
        Assert.Equal(0, exit);
        var lines = readings.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("intersection,kind,device,ts,", lines[0], StringComparison.Ordinal);
        Assert.Equal(121, lines.Length);
        Assert.StartsWith("int-1,detector,d-1,", lines[1], StringComparison.Ordinal);

        var target = data["windows.csv"];
        (exit, var output) = await ServiceProcess.RunAsync(Program, "export", "windows", $"--Data:Directory={data.FullName}", "--output", target);
        Assert.True(exit == 0, output);
        var windows = (await File.ReadAllLinesAsync(target)).Skip(1).Select(l => l.Split(',')).Where(c => c[0] == "detector" && c[3] == "60s").ToList();
        Assert.Equal(120, windows.Sum(c => int.Parse(c[5], CultureInfo.InvariantCulture)));
        Assert.Equal(windows.Count, windows.Select(c => c[4]).Distinct().Count());
    }

    [Fact]
    public async Task Export_Observations_AreCsvOfTheirKind()
    {
        using var data = new TemporaryDirectory();
        await using (var service = await ServiceProcess.StartAsync(data.FullName))
        {
            using var device = new RawDevice();
            await device.ConnectAsync(service.MqttPort, "device", CancellationToken.None);
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() * 1000;
            await device.PublishAllAsync("traffic/v1/int-1/environment/w-1", [Encoding.UTF8.GetBytes($$"""[{"ts":{{now}},"rain":0.5,"temperature":-2.25},{"ts":1,"rain":1}]""")], 1, _ => { }, CancellationToken.None);
            await device.PublishAllAsync("traffic/v1/int-1/parking/p-1", [Encoding.UTF8.GetBytes($$"""{"ts":{{now}},"occupied":7}""")], 1, _ => { }, CancellationToken.None);
            Assert.Equal(0, await service.TerminateAsync());
        }

        Assert.Equal(["intersection,sensor,ts,rain,waterLevel,visibility,temperature,received", "int-1,w-1,TIME,0.5,,,-2.25,TIME"], await ExportAsync("environment"));
        Assert.Equal(["intersection,parking,ts,capacity,occupied,received", "int-1,p-1,TIME,,7,TIME"], await ExportAsync("parking"));
        Assert.Single(await ExportAsync("parking", "--to", "-1h"));
        await AssertLedgerAsync(data, stored: 2);

        async Task<string[]> ExportAsync(string what, params string[] options)
        {
            var (exit, output) = await ServiceProcess.RunAsync(Program, ["export", what, $"--Data:Directory={data.FullName}", .. options]);
            Assert.True(exit == 0, output);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Regex.Replace(line, @"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"))];
        }
    }

    private static async Task AssertLedgerAsync(TemporaryDirectory data, long stored)
    {
        var (exit, output) = await ServiceProcess.RunAsync(Program, "audit", "--json", $"--Data:Directory={data.FullName}");
        Assert.True(exit == 0, output);
        var ledger = JsonDocument.Parse(output).RootElement;
        Assert.Equal((stored, 0), (ledger.GetProperty("stored").GetInt64(), ledger.GetProperty("unexplained").GetInt64()));
    }

    // Readings of an hour ago, one vehicle each, a second apart, each acknowledged when this returns.
    private static async Task PublishAsync(ServiceProcess service, int count)
    {
        var start = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 3600 - 1) * 3_600_000;
        using var device = new RawDevice();
        await device.ConnectAsync(service.MqttPort, "device", CancellationToken.None);
        var payloads = Enumerable.Range(0, count)
            .Select(i => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{start + (i * 1000)},\"interval\":1000,\"volume\":1}}")))
            .ToList();
        await device.PublishAllAsync("traffic/v1/int-1/detector/d-1", payloads, 32, _ => { }, CancellationToken.None);
    }
}
