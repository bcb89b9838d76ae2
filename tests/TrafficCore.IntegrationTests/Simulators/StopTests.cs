using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using TrafficCore.Simulators.Cli;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Simulators;

/// <summary>Ctrl-C and SIGTERM in the middle of a run: it ends soon, tells what happened by then, and its exit code says that it was stopped.</summary>
public sealed class StopTests
{
    /// <summary>Five seconds are what a stopped run may wait for answers; the rest is for a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Begins = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("INT", "load --rate 200 --connections 4 --duration 5m --http HTTP")]
    [InlineData("TERM", "load --rate 200 --connections 4 --duration 5m --http HTTP --verify-windows")]
    [InlineData("INT", "replay FILE --format indiana --speed 10")]
    [InlineData("TERM", "replay FILE --format indiana --speed 10")]
    [InlineData("INT", "city --intersections 2 --interval 1s --board-every 1 --warm-up 0s --duration 10m --truth TRUTH")]
    [InlineData("TERM", "city --intersections 2 --interval 1s --board-every 1 --warm-up 0s --duration 10m --connections per-device")]
    public async Task Run_StoppedWhileItSends_AccountsForWhatWasSent(string signal, string command)
    {
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory["data"], "--Ingest:MaxAge=unlimited");
        await File.WriteAllLinesAsync(
            directory["events.csv"], ["TimeStamp,DeviceId,EventId,Parameter", .. Enumerable.Range(0, 3600).Select(static i => $"2024-04-15T12:{i / 60:00}:{i % 60:00},7,82,{i % 8}")]);
        var line = command.Replace("HTTP", service.Http.ToString(), StringComparison.Ordinal)
            .Replace("FILE", directory["events.csv"], StringComparison.Ordinal).Replace("TRUTH", directory["truth"], StringComparison.Ordinal);
        await using var run = ProgramProcess.StartSimulator([.. line.Split(' '), "--broker", $"mqtt://127.0.0.1:{service.MqttPort}", "--json"]);
        await ReceivesAsync(service, run);

        await run.SignalAsync(signal);

        Assert.True(await run.WaitAsync(Limit) == ExitCode.Stopped, run.Output);
        var report = Report(run);
        Assert.True(report.GetProperty("stopped").GetBoolean());
        Assert.InRange(report.GetProperty("acknowledged").GetInt64(), 1, report.GetProperty("sent").GetInt64());
        Assert.Equal(report.GetProperty("sent").GetInt64(), report.GetProperty("acknowledged").GetInt64());
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StoppedWhileTheBrokerHangs_EndsAndSaysWhatWasLost()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory["data"]);
        await using var run = ProgramProcess.StartSimulator(
            "city", "--intersections", "2", "--interval", "1s", "--board-every", "1", "--warm-up", "0s", "--broker", $"mqtt://127.0.0.1:{service.MqttPort}", "--json");
        await ReceivesAsync(service, run);

        await service.SignalAsync("STOP");
        await run.SignalAsync("INT");

        var exit = await run.WaitAsync(Limit);
        await service.SignalAsync("CONT");
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
        Assert.True(exit is ExitCode.Done or ExitCode.Lost, run.Output);
        Assert.Equal(exit == ExitCode.Lost, Report(run).GetProperty("lost").GetInt64() > 0);
    }

    [Fact]
    public async Task Record_Stopped_IsAFileOfWholeMessages()
    {
        using var directory = new TemporaryDirectory();
        await using var run = ProgramProcess.StartSimulator(
            "city", "--record", directory["city.jsonl"], "--intersections", "25", "--duration", "100000h", "--warm-up", "0s", "--json");
        await Eventually.ReachesAsync(() => Task.FromResult(new FileInfo(directory["city.jsonl"]) is { Exists: true, Length: > 0 } ? null : run.Output), Begins);

        await run.SignalAsync("INT");

        Assert.True(await run.WaitAsync(Limit) == ExitCode.Stopped, run.Output);
        var lines = await File.ReadAllLinesAsync(directory["city.jsonl"]);
        Assert.Equal(Report(run).GetProperty("sent").GetInt32(), lines.Length);
        using var last = JsonDocument.Parse(lines[^1]);
        Assert.Equal(JsonValueKind.Object, last.RootElement.GetProperty("payload").ValueKind);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Demo_WithoutAnEnd_IsDoneWhenItIsStopped(string signal)
    {
        using var directory = new TemporaryDirectory();
        await using var run = ProgramProcess.StartSimulator("demo", "--mqtt-port", "0", "--http-port", "0", "--data", directory["data"], "--json");
        await Eventually.ReachesAsync(() => Task.FromResult(run.Output.Contains("ledger received", StringComparison.Ordinal) ? null : run.Output), Begins);

        await run.SignalAsync(signal);

        Assert.True(await run.WaitAsync(Limit) == ExitCode.Done, run.Output);
        Assert.True(Report(run).GetProperty("balanced").GetBoolean());
        Assert.False(Report(run).GetProperty("stopped").GetBoolean());
    }

    [Fact]
    public async Task Demo_ReaderWentAway_EndsQuietlyByItself()
    {
        using var directory = new TemporaryDirectory();
        using var run = ServiceProcess.Create("trafficcore-sim.dll", ["demo", "--mqtt-port", "0", "--http-port", "0", "--data", directory["data"]]);
        run.Start();
        var errors = run.StandardError.ReadToEndAsync();
        for (var line = 0; line < 3; line++)
        {
            Assert.NotNull(await run.StandardOutput.ReadLineAsync().WaitAsync(Begins));
        }

        run.StandardOutput.Close();

        await run.WaitForExitAsync().WaitAsync(Begins + Limit);
        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.DoesNotContain("pipe", await errors, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", await errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Score_StoppedWhileTheServiceHangs_HasNoResult(string signal)
    {
        using var directory = new TemporaryDirectory();
        await using (var record = ProgramProcess.StartSimulator(
            "city", "--record", directory["city.jsonl"], "--truth", directory["truth"], "--intersections", "2", "--duration", "10m", "--warm-up", "0s"))
        {
            Assert.True(await record.WaitAsync(Begins) == ExitCode.Done, record.Output);
        }

        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start();
        await using var run = ProgramProcess.StartSimulator("score", "--truth", directory["truth"], "--http", $"http://127.0.0.1:{((IPEndPoint)service.LocalEndpoint).Port}");
        using var asked = await service.AcceptTcpClientAsync().WaitAsync(Begins);

        await run.SignalAsync(signal);

        Assert.True(await run.WaitAsync(Limit) == ExitCode.Stopped, run.Output);
        Assert.Contains("stopped before there was a result", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("precision", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyDevice_StoppedWhileItWaits_JudgesNothing()
    {
        await using var run = ProgramProcess.StartSimulator("verify-device", "--port", "0");
        await Eventually.ReachesAsync(() => Task.FromResult(run.Output.Contains("listening", StringComparison.Ordinal) ? null : run.Output), Begins);

        await run.SignalAsync("INT");

        Assert.True(await run.WaitAsync(Limit) == ExitCode.Stopped, run.Output);
        Assert.Contains("stopped before there was a result", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("PASS", run.Output, StringComparison.Ordinal);
    }

    private static async Task ReceivesAsync(ServiceProcess service, ProgramProcess run)
    {
        using var api = new Acceptance.ServiceApi(service.Http);
        await Eventually.ReachesAsync(async () => !run.HasEnded && (await api.GetAsync("api/v1/ledger")).GetProperty("received").GetInt64() > 3 ? null : run.Output, Begins);
    }

    private static JsonElement Report(ProgramProcess run)
    {
        using var json = JsonDocument.Parse(run.Output.Split('\n').Last(static line => line.StartsWith('{')));
        return json.RootElement.Clone();
    }
}
