using System.Diagnostics;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>
/// The service as a process of its own under a sustained load at QoS 1 whose devices count for themselves what was acknowledged, and what must be true when the fault is over.
/// A test starts it, begins the load, does harm, puts it right and asks for the outcome of a run that nothing disturbed.
/// </summary>
/// <remarks>Ownership: one test.</remarks>
internal sealed class FaultRun : IAsyncDisposable
{
    private const int Detectors = 40;
    public const int ReadingsPerDetector = 900;

    // Each of the forty sends one every 15 ms: about 2,700 readings a second for 14 s, long enough for something to happen meanwhile.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(15);

    // All runs of a process send the same readings, so that their rows can be compared: a quarter of an hour, which ends with its last window.
    private static readonly DateTimeOffset Start = new DeviceFleet(1, 1).Start;

    private readonly TemporaryDirectory files = new();
    private readonly CancellationTokenSource giveUp = new(TimeSpan.FromMinutes(8));
    private readonly List<string> arguments;
    private ServiceProcess? service;
    private Task devices = Task.CompletedTask;

    /// <param name="more">More arguments of the service.</param>
    public FaultRun(params string[] more)
    {
        File.WriteAllText(NetworkFile, FaultNetwork.Text());
        DataDirectory = files["data"];

        // Small segments and frequent snapshots, so that a fault meets both; the load is back-fill, of which no clock is to be judged.
        arguments = ["--Pipeline:SegmentBytes=1048576", "--Pipeline:SnapshotInterval=1s", "--Windows:IdleTimeout=2s", "--Ingest:MaxSkew=1.00:00:00", $"--Network:File={NetworkFile}", .. more];
    }

    /// <summary>How long anything may take that has to happen.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(2);

    public DeviceFleet Fleet { get; init; } = NewFleet(Pace);

    public string DataDirectory { get; init; }

    public string NetworkFile => files["network.json"];

    /// <summary>Changes how the service is started from the next start on.</summary>
    public Action<ProcessStartInfo> Prepare { get; set; } = static _ => { };

    public ServiceProcess Service => service!;

    public static DeviceFleet NewFleet(TimeSpan pace) => new(Detectors, ReadingsPerDetector) { Start = Start, Pace = pace };

    /// <summary>The same readings in an order of their own for each detector, one in five sent twice.</summary>
    public static DeviceFleet NewDisorderlyFleet(int seed) => new(Detectors, ReadingsPerDetector)
    {
        Start = Start,
        Pace = Pace,
        Order = device =>
        {
            var random = new Random(seed + device);
            int[] order = [.. Enumerable.Range(0, ReadingsPerDetector), .. Enumerable.Range(0, ReadingsPerDetector / 5).Select(_ => random.Next(ReadingsPerDetector))];
            random.Shuffle(order);
            return order;
        },
    };

    public async Task StartAsync(params string[] more) => service = await ServiceProcess.StartAsync(DataDirectory, Prepare, [.. arguments, .. more]);

    /// <summary>Starts the service, and the devices, which go on through every loss of it.</summary>
    public async Task StartUnderLoadAsync()
    {
        await StartAsync();
        devices = Fleet.RunAsync(() => Volatile.Read(ref service)!.MqttPort, giveUp.Token);
    }

    /// <summary>Waits until the devices count that share of their readings as acknowledged.</summary>
    public Task WhenAcknowledgedAsync(double share) => Fleet.WhenAcknowledgedAsync((int)(Fleet.Total * share), Limit);

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        await Service.KillAsync();
        await Service.DisposeAsync();
    }

    /// <summary>SIGKILL, and a start again.</summary>
    public async Task RestartAsync(params string[] more)
    {
        await KillAsync();
        await StartAsync(more);
    }

    /// <summary>A start that SIGKILL ends so much later, wherever it is by then.</summary>
    public Task StartAndKillAsync(TimeSpan after) => ServiceProcess.StartAndKillAsync(DataDirectory, after, [.. arguments]);

    /// <summary>For faults that consist in time: nothing is awaited but that it passes.</summary>
    public static Task ElapseAsync(TimeSpan time)
    {
        var since = TimeProvider.System.GetTimestamp();
        return Eventually.ReachesAsync(() => Task.FromResult(TimeProvider.System.GetElapsedTime(since) >= time ? null : "passing"), time + Limit);
    }

    /// <summary>Waits until all is sent.</summary>
    public async Task WhenSentAsync()
    {
        await devices;
        Assert.InRange(Fleet.Acknowledged, Fleet.Total, int.MaxValue);
    }

    /// <summary>
    /// Everything is acknowledged, the windows are those of what was sent and equal in every field to those of the undisturbed run, the ledger balances while the service
    /// runs and when it is computed again from its files, the history is proved, and the service is healthy and stops as it should.
    /// </summary>
    /// <param name="undisturbed">That run.</param>
    /// <param name="also">What must be true besides while the service runs.</param>
    /// <param name="isProved">Whether the history is as it was sealed; null where the fault may have hit it or not.</param>
    public async Task AssertAsUndisturbedAsync(UndisturbedRun undisturbed, Func<Task>? also = null, bool? isProved = true)
    {
        await WhenSentAsync();
        await WhenHealthyAsync();
        await Fleet.AssertWindowsAsync(Service);
        await AssertRowsAsync(undisturbed.Rows);
        await Fleet.AssertLedgerAsync(Service);
        await (also?.Invoke() ?? Task.CompletedTask);
        await WhenHealthyAsync();
        await StopAsync();
        await AuditAsync();
        if (isProved is { } proved)
        {
            await AuditAsync(proved ? 0 : 1, "--verify");
        }
    }

    public async Task AssertRowsAsync(IReadOnlyList<string> expected)
    {
        using var api = new ServiceApi(Service.Http);
        await Eventually.ReachesAsync(async () => FaultRows.Difference(expected, await FaultRows.OfApiAsync(api, Fleet)), Limit);
    }

    /// <summary>Ready, and nothing an operator should know.</summary>
    public Task WhenHealthyAsync() => WhenHealthIsAsync("""{"status":"ready","reasons":[]}""");

    /// <summary>Waits until the readiness answer holds a text.</summary>
    public Task WhenHealthIsAsync(string part) => Eventually.ReachesAsync(
        async () =>
        {
            using var http = new HttpClient { BaseAddress = Service.Http };
            using var answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative));
            var text = await answer.Content.ReadAsStringAsync();
            return text.Contains(part, StringComparison.Ordinal) ? null : text;
        },
        Limit);

    public async Task StopAsync() => Assert.True(await Service.TerminateAsync() == 0, Service.Output);

    /// <summary>Computes the ledger from the files of the stopped service.</summary>
    public Task AuditAsync() => AuditAsync(exit: 0);

    private async Task AuditAsync(int exit, params string[] how)
    {
        var (code, output) = await ServiceProcess.RunAsync("trafficcore.dll", ["audit", $"--Data:Directory={DataDirectory}", .. how]);
        Assert.True(code == exit, output);
    }

    public async ValueTask DisposeAsync()
    {
        await giveUp.CancelAsync();
        await devices.ContinueWith(static _ => { }, TaskScheduler.Default);
        if (service is not null)
        {
            await service.DisposeAsync();
        }

        giveUp.Dispose();
        files.Dispose();
    }
}
