using System.Text.Json;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.Log;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.History;

/// <summary>A replay is what the service would do: the same bytes where nothing changed, what it would have published where something did.</summary>
public sealed class ReplayTests
{
    private static readonly string[] SmallSegments = ["--Pipeline:SegmentBytes=1048576", "--Pipeline:SealingCpuPercent=100"];

    [Fact]
    public async Task Replay_NothingChanged_EqualByteByByteForARunningAndAStoppedServiceAndOtherShards()
    {
        var fleet = new DeviceFleet(detectors: 40, readingsPerDevice: 900, sensors: 4);
        using var directory = new TemporaryDirectory();
        var service = await ServiceProcess.StartAsync(directory["data"], SmallSegments);
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            var devices = fleet.RunAsync(() => service.MqttPort, limit.Token);
            await fleet.WhenAcknowledgedAsync(fleet.Total / 2, TimeSpan.FromMinutes(2));
            var running = await ReplayAsync(directory["data"], directory["running"]);
            AssertUnchanged(running);
            Assert.True(running.GetProperty("readings").GetInt64() >= fleet.Total / 2, running.ToString());
            await devices;
            await fleet.AssertWindowsAsync(service);
            Assert.Equal(0, await service.TerminateAsync());
        }
        finally
        {
            await service.DisposeAsync();
        }

        AssertUnchanged(await ReplayAsync(directory["data"], directory["stopped"]));
        AssertUnchanged(await ReplayAsync(directory["data"], directory["shards"], "--Pipeline:Shards=3"));
        var recorded = OutputSequences.Read(directory["data"]);
        Assert.Equal(5, recorded.Keys.Count(static intersection => intersection != "-"));
        OutputSequences.AssertBegin(OutputSequences.Read(directory["stopped"]), recorded);
        OutputSequences.AssertBegin(OutputSequences.Read(directory["shards"]), recorded);
        OutputSequences.AssertBegin(recorded, OutputSequences.Read(directory["running"]));

        await using var replayed = await ServiceProcess.StartAsync(directory["shards"]);
        await fleet.AssertWindowsAsync(replayed);
        await fleet.AssertObservationsAsync(replayed);
        await fleet.AssertLedgerAsync(replayed);
    }

    [Fact]
    public async Task Replay_OtherWindowLengths_GivesTheRowsThatTheseWouldHaveGiven()
    {
        using var directory = new TemporaryDirectory();
        await RecordedInput.WriteAsync(directory["data"], seconds: 300);

        var report = await ReplayAsync(directory["data"], directory["replayed"], "--Windows:Length=120s");

        Assert.True(report.GetProperty("differences").GetProperty("missing").GetInt64() > 0, report.ToString());
        var (exit, recorded) = await ServiceProcess.RunAsync("trafficcore.dll", "export", "windows", $"--Data:Directory={directory["data"]}");
        Assert.Equal(0, exit);
        (exit, var replayed) = await ServiceProcess.RunAsync("trafficcore.dll", "export", "windows", $"--Data:Directory={directory["replayed"]}");
        Assert.Equal(0, exit);
        var (minutes, pairs) = (Volumes(recorded, "60s"), Volumes(replayed, "120s"));
        Assert.True(pairs.Count > RecordedInput.Detectors, $"{pairs.Count} rows");
        Assert.All(pairs, pair => Assert.Equal(pair.Value, minutes[pair.Key] + minutes[(pair.Key.Series, pair.Key.Start.AddMinutes(1))]));
    }

    [Fact]
    public async Task Replay_OfAThousandReadingsASecond_IsFiftyTimesFasterThanTheyCame()
    {
        using var directory = new TemporaryDirectory();
        await RecordedInput.WriteAsync(directory["data"], seconds: 400);

        var report = await ReplayAsync(directory["data"], directory["replayed"]);

        // 50 times is the promise. Measured were more than 800 times, on two cores beside other work (docs/operations.md).
        Assert.Equal(400L * RecordedInput.Detectors, report.GetProperty("readings").GetInt64());
        Assert.True(report.GetProperty("readingsPerSecond").GetDouble() > 50 * RecordedInput.Detectors, report.ToString());
    }

    [Fact]
    public async Task Replay_BeginningRemovedByRetention_NamesItAndKnowsTheDevices()
    {
        using var directory = new TemporaryDirectory();
        await RecordedInput.WriteAsync(directory["data"], seconds: 240, segmentBytes: 1024 * 1024);
        using (var log = LogWriter.Open(Path.Combine(directory["data"], "input"), new LogOptions { Name = "input", SegmentBytes = 1024 * 1024 }, PhysicalFileSystem.Instance, static () => 1))
        {
            log.RetainFrom(log.End / 2);
            Assert.True(log.Start > 0);
        }

        var (exit, output) = await RunAsync(directory["data"], directory["replayed"]);

        Assert.True(exit == 0, output);
        Assert.Contains("removed by retention: everything before position ", output, StringComparison.Ordinal);
        (exit, output) = await ServiceProcess.RunAsync("trafficcore.dll", "audit", $"--Data:Directory={directory["replayed"]}");
        Assert.True(exit == 0, output);
        Assert.Matches(@"(?m)^corrupt +0\r?$", output);
        Assert.Matches(@"(?m)^stored +1[0-9]{5}\r?$", output);
    }

    [Fact]
    public async Task Replay_KilledHalfWay_IsNotTakenForWholeAndRunsAgain()
    {
        using var directory = new TemporaryDirectory();
        await RecordedInput.WriteAsync(directory["data"], seconds: 120);
        Directory.CreateDirectory(directory["replayed"]);
        await using (var killed = ProgramProcess.Start("replay", "--from", directory["data"], "--to", directory["replayed"]))
        {
            await killed.KillWhenAsync(() => Directory.Exists(Path.Combine(directory["replayed"], "output")));
        }

        Assert.True(File.Exists(Path.Combine(directory["replayed"], "unfinished")), "The replay ended before it was killed.");
        foreach (var command in (string[])["run", "audit"])
        {
            var (exit, output) = await ServiceProcess.RunAsync("trafficcore.dll", command, $"--Data:Directory={directory["replayed"]}", "--Mqtt:Port=0", "--Http:Port=0");
            Assert.NotEqual(0, exit);
            Assert.Contains("did not end", output, StringComparison.Ordinal);
        }

        AssertUnchanged(await ReplayAsync(directory["data"], directory["replayed"]));
        Assert.False(File.Exists(Path.Combine(directory["replayed"], "unfinished")));
    }

    [Theory]
    [InlineData("INT", "input")]
    [InlineData("TERM", "output")]
    public async Task Replay_StoppedHalfWay_IsNotTakenForWholeAndChangesNothing(string signal, string begun)
    {
        using var directory = new TemporaryDirectory();
        await RecordedInput.WriteAsync(directory["data"], seconds: 240);
        var recorded = DirectoryHashes.Of(directory["data"]);
        await using var stopped = ProgramProcess.Start("replay", "--from", directory["data"], "--to", directory["replayed"]);
        await stopped.SignalWhenAsync(signal, () => Directory.Exists(Path.Combine(directory["replayed"], begun)));

        Assert.True(await stopped.WaitAsync(TimeSpan.FromSeconds(60)) == 130, stopped.Output);
        Assert.Contains("stopped before it was done", stopped.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", stopped.Output, StringComparison.Ordinal);
        var (exit, output) = await ServiceProcess.RunAsync("trafficcore.dll", "audit", $"--Data:Directory={directory["replayed"]}");
        Assert.True(exit != 0 && output.Contains("did not end", StringComparison.Ordinal), output);
        Assert.Equal(recorded, DirectoryHashes.Of(directory["data"]));
        AssertUnchanged(await ReplayAsync(directory["data"], directory["replayed"]));
    }

    [Fact]
    public async Task Replay_WrongPlaces_SaysWhatIsWrong()
    {
        using var directory = new TemporaryDirectory();
        await RecordedInput.WriteAsync(directory["data"], seconds: 2);
        Directory.CreateDirectory(directory["full"]);
        await File.WriteAllTextAsync(Path.Combine(directory["full"], "notes.txt"), "mine");

        await AssertRefusedAsync(2, "has no input log", directory["nothing"], directory["new"]);
        await AssertRefusedAsync(2, "is not empty: it holds notes.txt", directory["data"], directory["full"]);
        await AssertRefusedAsync(2, "must lie outside", directory["data"], directory["data"] + "/../data");
        await AssertRefusedAsync(2, "must lie outside", directory["data"], Path.Combine(directory["data"], "new"));
        await AssertRefusedAsync(2, "Ingest:MaxAge: a replay begins behind the door", directory["data"], directory["new"], "--Ingest:MaxAge=1d");
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(directory["full"], "notes.txt")));
        Assert.False(Directory.Exists(directory["new"]));
    }

    [Fact]
    public async Task Replay_InputOfANewerProgram_SaysSo()
    {
        using var directory = new TemporaryDirectory();
        await RecordedInput.WriteAsync(directory["data"], seconds: 2);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(directory["data"], "input"), "*.log"))
        {
            WriteNewerFormat(path);
        }

        await AssertRefusedAsync(1, "The log segment has format 2; this program knows 1.", directory["data"], directory["new"]);
    }

    private static void WriteNewerFormat(string segment)
    {
        var header = new byte[FileHeader.Size];
        using var file = PhysicalFileSystem.Instance.Open(segment, writable: true);
        file.Read(header, 0);
        header[8]++;
        FileHeader.Complete(header);
        file.Write(header, 0);
        file.Write(header, SegmentHeader.CopyOffset);
    }

    internal static async Task<JsonElement> ReplayAsync(string from, string to, params string[] more)
    {
        var (exit, output) = await RunAsync(from, to, ["--json", .. more]);
        Assert.True(exit == 0, output);
        return JsonDocument.Parse(output.Split('\n').First(static line => line.StartsWith('{'))).RootElement;
    }

    private static void AssertUnchanged(JsonElement report)
    {
        var differences = report.GetProperty("differences");
        Assert.True(differences.GetProperty("equal").GetInt64() > 0, report.ToString());
        Assert.True(((string[])["changed", "missing", "added"]).All(kind => differences.GetProperty(kind).GetInt64() == 0), report.ToString());
        Assert.Equal(0, report.GetProperty("ledger").GetProperty("unexplained").GetInt64());
    }

    private static async Task AssertRefusedAsync(int code, string because, string from, string to, params string[] more)
    {
        var (exit, output) = await RunAsync(from, to, more);
        Assert.True(exit == code && output.Contains(because, StringComparison.Ordinal), $"{exit}: {output}");
    }

    private static Task<(int ExitCode, string Output)> RunAsync(string from, string to, params string[] more) =>
        ServiceProcess.RunAsync("trafficcore.dll", ["replay", "--from", from, "--to", to, .. more]);

    private static Dictionary<(string Series, DateTimeOffset Start), long> Volumes(string csv, string window)
    {
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var header = lines[0].Trim().Split(',');
        int Column(string name) => Array.IndexOf(header, name);
        return lines.Skip(1).Select(static line => line.Split(',')).Where(cells => cells[Column("window")] == window && cells[Column("volume")].Length > 0).ToDictionary(
            cells => ($"{cells[Column("level")]}/{cells[Column("intersection")]}/{cells[Column("id")]}", DateTimeOffset.Parse(cells[Column("start")], System.Globalization.CultureInfo.InvariantCulture)),
            cells => long.Parse(cells[Column("volume")], System.Globalization.CultureInfo.InvariantCulture));
    }
}
