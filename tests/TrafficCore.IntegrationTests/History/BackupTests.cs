using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.History;

/// <summary>What was durable when a backup began is in it, under load as well; what is no whole backup is never taken for one.</summary>
public sealed class BackupTests
{
    private static readonly string[] BusyLogs = ["--Pipeline:SegmentBytes=1048576", "--Pipeline:SealingCpuPercent=100", "--Pipeline:SnapshotInterval=1s"];

    [Fact]
    public async Task Backup_IntoADirectoryWithSomebodysFileOfTheMarksName_DeletesNothing()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["home"]);
        await File.WriteAllTextAsync(Path.Combine(directory["home"], "unfinished"), "a novel");
        await File.WriteAllTextAsync(Path.Combine(directory["home"], "letter"), "dear");

        var (exit, output) = await ServiceProcess.RunAsync("trafficcore.dll", "backup", directory["home"], $"--Data:Directory={directory["data"]}");

        Assert.Equal(2, exit);
        Assert.Contains("is not empty", output, StringComparison.Ordinal);
        Assert.Equal("dear", await File.ReadAllTextAsync(Path.Combine(directory["home"], "letter")));
        Assert.Equal("a novel", await File.ReadAllTextAsync(Path.Combine(directory["home"], "unfinished")));
    }

    [Fact]
    public async Task Backup_UnderLoadThenSigkill_RestoredServiceHasEveryAcknowledgedRow()
    {
        var fleet = new DeviceFleet(detectors: 200, readingsPerDevice: 2000, sensors: 4);
        using var directory = new TemporaryDirectory();
        int[] before;
        await using (var service = await ServiceProcess.StartAsync(directory["data"], BusyLogs))
        {
            using var stop = new CancellationTokenSource();
            var devices = fleet.RunAsync(() => service.MqttPort, stop.Token);
            await fleet.WhenAcknowledgedAsync(fleet.Total / 10, TimeSpan.FromMinutes(2));
            before = fleet.AcknowledgedOfEach();
            Assert.False(devices.IsCompleted, "The load ended before the backup began.");
            await SucceedAsync("backup", directory["backup"], $"--Data:Directory={directory["data"]}");
            await service.KillAsync();
            await stop.CancelAsync();
            await devices.ContinueWith(static ended => ended.IsFaulted ? ended : Task.CompletedTask, TaskScheduler.Default).Unwrap();
        }

        await SucceedAsync("restore", directory["backup"], $"--Data:Directory={directory["restored"]}");
        await SucceedAsync("audit", "--verify", $"--Data:Directory={directory["restored"]}");
        await SucceedAsync("audit", $"--Data:Directory={directory["restored"]}");
        await using var restored = await ServiceProcess.StartAsync(directory["restored"], BusyLogs);
        await Eventually.ReachesAsync(
            async () =>
            {
                try
                {
                    Assert.True(await fleet.AssertMinutesAsync(restored, before) >= 200);
                    return null;
                }
                catch (Xunit.Sdk.XunitException missing)
                {
                    return missing.Message;
                }
            },
            TimeSpan.FromSeconds(40));

        // And it goes on from there: all of it again, and the rest, is counted once.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await fleet.RunAsync(() => restored.MqttPort, limit.Token);
        await fleet.AssertWindowsAsync(restored);
        await fleet.AssertObservationsAsync(restored);
        await fleet.AssertLedgerAsync(restored);
        Assert.Equal(0, await restored.TerminateAsync());
        await SucceedAsync("audit", "--verify", $"--Data:Directory={directory["restored"]}");
    }

    [Fact]
    public async Task Backup_OfAStoppedService_HoldsEverythingAndTheConfiguration()
    {
        using var directory = new TemporaryDirectory();
        await PrepareAsync(directory);

        var output = await SucceedAsync("restore", directory["backup"], $"--Data:Directory={directory["restored"]}", $"--Sqlite:Directory={directory["store"]}");

        Assert.Contains($"Network:File was {directory["network.json"]}, and lies in the backup as configuration/", output, StringComparison.Ordinal);
        var network = Directory.EnumerateFiles(Path.Combine(directory["backup"], "configuration"), "network.json", SearchOption.AllDirectories).Single();
        Assert.Equal(await File.ReadAllTextAsync(directory["network.json"]), await File.ReadAllTextAsync(network));
        foreach (var path in Directory.EnumerateFiles(directory["data"], "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(directory["data"], path);
            if (Path.GetFileName(path) != "lock" && Path.GetExtension(path) != ".tmp" && !relative.StartsWith("sqlite", StringComparison.Ordinal))
            {
                Assert.True(File.Exists(Path.Combine(directory["restored"], relative)), relative);
                Assert.Equal(await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(Path.Combine(directory["restored"], relative)));
                Assert.Equal(ModeOf(path), ModeOf(Path.Combine(directory["restored"], relative)));
            }
        }

        var stores = ((string[])[Path.Combine(directory["data"], "sqlite"), directory["store"]]).Select(store => Directory.EnumerateFiles(store, "*.db").Select(Path.GetFileName).Order()).ToList();
        Assert.NotEmpty(stores[0]);
        Assert.Equal(stores[0], stores[1]);
        Assert.False(Directory.Exists(Path.Combine(directory["restored"], "sqlite")));
        OutputSequences.AssertBegin(OutputSequences.Read(directory["data"]), OutputSequences.Read(directory["restored"]));
        await SucceedAsync("audit", "--verify", $"--Data:Directory={directory["restored"]}");
        Assert.Equal(
            await SucceedAsync("audit", "--json", $"--Data:Directory={directory["data"]}"), await SucceedAsync("audit", "--json", $"--Data:Directory={directory["restored"]}"));
    }

    [Fact]
    public async Task Backup_StoreElsewhereInTheDataDirectory_IsCopiedOnceAndRestoredThere()
    {
        using var directory = new TemporaryDirectory();
        string[] options = [$"--Data:Directory={directory["data"]}", $"--Sqlite:Directory={Path.Combine(directory["data"], "db")}"];
        var fleet = new DeviceFleet(detectors: 3, readingsPerDevice: 180);
        await using (var service = await ServiceProcess.StartAsync(directory["data"], options[1]))
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await fleet.RunAsync(() => service.MqttPort, limit.Token);
            await fleet.AssertWindowsAsync(service);
            await SucceedAsync(["backup", directory["backup"], .. options]);
            await service.KillAsync();
        }

        Assert.False(Directory.Exists(Path.Combine(directory["backup"], "data", "db")));
        Directory.Delete(directory["data"], recursive: true);
        await SucceedAsync(["restore", directory["backup"], .. options]);
        await using var restored = await ServiceProcess.StartAsync(directory["data"], options[1]);
        await fleet.AssertWindowsAsync(restored);
    }

    [Fact]
    public async Task Restore_DamagedBackup_NamesEachFileAndRestoresNothing()
    {
        using var directory = new TemporaryDirectory();
        await PrepareAsync(directory);
        await SucceedAsync("restore", directory["backup"], "--check");
        foreach (var kind in (string[])["data/input", "data/output", "data/state", "data/snapshots", "data/sessions", "data/sqlite", "configuration", "manifest.json", "manifest.sha256"])
        {
            var path = Path.Combine(directory["backup"], kind);
            var file = File.Exists(path) ? path : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).First(static f => new FileInfo(f).Length > 0);
            var content = await File.ReadAllBytesAsync(file);
            content[content.Length / 3] ^= 4;
            await File.WriteAllBytesAsync(file, content);
            await FailAsync(1, Path.GetFileName(file), "restore", directory["backup"], $"--Data:Directory={directory["restored"]}");
            content[content.Length / 3] ^= 4;
            await File.WriteAllBytesAsync(file, content);
        }

        var missing = Directory.EnumerateFiles(Path.Combine(directory["backup"], "data", "input"), "*.log").First();
        File.Move(missing, directory["elsewhere"]);
        await FailAsync(1, $"data/input/{Path.GetFileName(missing)}: is missing", "restore", directory["backup"], $"--Data:Directory={directory["restored"]}");
        File.Delete(Path.Combine(directory["backup"], "manifest.json"));
        await FailAsync(2, "is not a backup", "restore", directory["backup"], $"--Data:Directory={directory["restored"]}");
        Assert.False(Directory.Exists(directory["restored"]));
    }

    [Fact]
    public async Task BackupAndRestore_IntoWhatIsNotEmpty_AreRefusedAndChangeNothing()
    {
        using var directory = new TemporaryDirectory();
        await PrepareAsync(directory);
        Directory.CreateDirectory(directory["full"]);
        await File.WriteAllTextAsync(Path.Combine(directory["full"], "notes.txt"), "mine");

        await FailAsync(2, "is not empty: it holds notes.txt", "restore", directory["backup"], $"--Data:Directory={directory["full"]}");
        await FailAsync(2, "is not empty: it holds notes.txt", "backup", directory["full"], $"--Data:Directory={directory["data"]}");
        await FailAsync(2, "is not empty", "restore", directory["backup"], $"--Data:Directory={directory["data"]}");
        await FailAsync(2, "must lie outside", "backup", Path.Combine(directory["data"], "backup"), $"--Data:Directory={directory["data"]}");
        await FailAsync(2, "is not a data directory", "backup", directory["other"], $"--Data:Directory={directory["nothing"]}");
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(directory["full"], "notes.txt")));
    }

    [Fact]
    public async Task BackupAndRestore_KilledHalfWay_AreNotTakenForWholeAndRunAgain()
    {
        using var directory = new TemporaryDirectory();
        await RecordedInput.WriteAsync(directory["data"], seconds: 600, segmentBytes: 64 * 1024 * 1024);
        string[] backup = ["backup", directory["backup"], $"--Data:Directory={directory["data"]}"];
        string[] restore = ["restore", directory["backup"], $"--Data:Directory={directory["restored"]}"];
        await using (var killed = ProgramProcess.Start(backup))
        {
            await killed.KillWhenAsync(() => Directory.Exists(Path.Combine(directory["backup"], "data", "state")));
        }

        await FailAsync(2, "did not end", restore);
        await SucceedAsync(backup);
        await using (var killed = ProgramProcess.Start(restore))
        {
            await killed.KillWhenAsync(() => Directory.Exists(Path.Combine(directory["restored"], "state")));
        }

        await FailAsync(2, "did not end", "run", $"--Data:Directory={directory["restored"]}", "--Mqtt:Port=0", "--Http:Port=0");
        await SucceedAsync(restore);
        await SucceedAsync("audit", $"--Data:Directory={directory["restored"]}");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task BackupAndRestore_StoppedHalfWay_AreNotTakenForWholeAndChangeNothing(string signal)
    {
        using var directory = new TemporaryDirectory();
        await RecordedInput.WriteAsync(directory["data"], seconds: 600, segmentBytes: 64 * 1024 * 1024);
        string[] backup = ["backup", directory["backup"], $"--Data:Directory={directory["data"]}"];
        string[] restore = ["restore", directory["backup"], $"--Data:Directory={directory["restored"]}"];
        var recorded = DirectoryHashes.Of(directory["data"]);

        await StopAsync(signal, Path.Combine(directory["backup"], "data"), backup);
        Assert.False(File.Exists(Path.Combine(directory["backup"], "manifest.json")));
        await FailAsync(2, "did not end", restore);
        await SucceedAsync(backup);
        var kept = DirectoryHashes.Of(directory["backup"]);

        await StopAsync(signal, directory["restored"], restore);
        await FailAsync(2, "did not end", "run", $"--Data:Directory={directory["restored"]}", "--Mqtt:Port=0", "--Http:Port=0");
        await SucceedAsync(restore);

        Assert.Equal(recorded, DirectoryHashes.Of(directory["data"]));
        Assert.Equal(kept, DirectoryHashes.Of(directory["backup"]));
        await SucceedAsync("audit", $"--Data:Directory={directory["restored"]}");
    }

    private static async Task StopAsync(string signal, string begun, string[] command)
    {
        await using var program = ProgramProcess.Start(command);
        await program.SignalWhenAsync(signal, () => Directory.Exists(begun));

        Assert.True(await program.WaitAsync(TimeSpan.FromSeconds(60)) == 130, program.Output);
        Assert.Contains("stopped before it was done", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    // Something of everything: readings, a session, a snapshot, a network.
    private static async Task PrepareAsync(TemporaryDirectory directory)
    {
        await File.WriteAllTextAsync(directory["network.json"], """{"intersections":[{"id":"int-0000","approaches":[{"id":"n","detectors":[{"id":"d-00","functions":["count"]}]}]}]}""");
        var fleet = new DeviceFleet(detectors: 3, readingsPerDevice: 180, sensors: 1);
        await using (var service = await ServiceProcess.StartAsync(directory["data"], $"--Network:File={directory["network.json"]}", "--Network:Open=true"))
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await fleet.RunAsync(() => service.MqttPort, limit.Token);
            await fleet.AssertWindowsAsync(service);
            Assert.Equal(0, await service.TerminateAsync());
        }

        await SucceedAsync("backup", directory["backup"], $"--Data:Directory={directory["data"]}", $"--Network:File={directory["network.json"]}");
    }

    private static async Task<string> SucceedAsync(params string[] command)
    {
        var (exit, output) = await ServiceProcess.RunAsync("trafficcore.dll", command);
        Assert.True(exit == 0, output);
        return output;
    }

    private static async Task FailAsync(int code, string because, params string[] command)
    {
        var (exit, output) = await ServiceProcess.RunAsync("trafficcore.dll", command);
        Assert.True(exit == code && output.Contains(because, StringComparison.Ordinal), $"{exit}: {output}");
    }
}
