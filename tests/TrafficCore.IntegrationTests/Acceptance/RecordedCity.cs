using System.Globalization;
using System.Text.Json;
using TrafficCore.IntegrationTests.Simulators;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>A city's rush hour, recorded once with its truth, and the services that it is replayed into: what docs/simulators.md tells its reader to do.</summary>
/// <remarks>Ownership: one test.</remarks>
internal sealed class RecordedCity : IDisposable
{
    /// <summary>Rush hours of streets that lead from one intersection to the next.</summary>
    public static readonly string[] LinkedRushHours =
    [
        "--intersections", "25", "--lanes", "2", "--stop-bar-detectors", "no", "--board-every", "1", "--messages", "intersection",
        "--profile", "peaks", "--day", "6h", "--demand", "150", "--start-time-of-day", "05:00", "--duration", "4h",
    ];

    /// <summary>The rush hours by which warnings are judged, as docs/simulators.md has them.</summary>
    public static readonly string[] RushHours = [.. LinkedRushHours, "--links", "no"];

    // Loading a busy machine must not look like a silent street.
    private static readonly string[] Replayed = ["--Ingest:MaxAge=unlimited", "--Boards:MaxInputAge=unlimited", "--Windows:IdleTimeout=60s"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TemporaryDirectory _directory = new();
    private int _services;

    private RecordedCity()
    {
    }

    /// <summary>The recorded messages.</summary>
    public string File => _directory["city.jsonl"];

    /// <summary>What really happened.</summary>
    public string Truth => _directory["truth"];

    /// <summary>Records a city.</summary>
    public static Task<RecordedCity> RecordAsync(int seed, IEnumerable<string> city) => RecordAsync(seed, SignalRules, city);

    /// <summary>Records a city whose services have other rules.</summary>
    public static async Task<RecordedCity> RecordAsync(int seed, string? rules, IEnumerable<string> city)
    {
        var recorded = new RecordedCity { Rules = rules };
        string[] arguments = ["city", "--record", recorded.File, "--truth", recorded.Truth, "--network-out", recorded._directory["network.json"], "--seed", Text(seed), .. city];
        var (exit, output, error) = await SimulatorProgram.RunTextAsync(arguments);
        Assert.True(exit == 0, output + error);
        return recorded;
    }

    /// <summary>The rules for streets with signals, which ship with the documentation.</summary>
    public static string SignalRules => Path.Combine(DocumentationTests.Root, "docs", "rules", "signals.json");

    /// <summary>A rules file for boards; null: none, so that the default rules are in force.</summary>
    public string? Rules { get; init; } = SignalRules;

    /// <summary>A fresh service that knows the city's network.</summary>
    public async Task<(ServiceProcess Service, string Data)> StartAsync(params string[] more)
    {
        var data = _directory[$"data-{Text(++_services)}"];
        string[] rules = Rules is null ? [] : [$"--Boards:RulesFile={Rules}"];
        return (await ServiceProcess.StartAsync(data, [.. Replayed, $"--Network:File={_directory["network.json"]}", .. rules, .. more]), data);
    }

    /// <summary>Replays as fast as it goes; returns when everything is acknowledged.</summary>
    public async Task ReplayAsync(int port)
    {
        var (exit, report) = await SimulatorProgram.RunAsync("replay", File, "--format", "readings", "--broker", $"mqtt://127.0.0.1:{Text(port)}", "--json");
        Assert.True(exit == 0, report.ToString());
        Assert.Equal((0, report.GetProperty("messages").GetInt64()), (report.GetProperty("lost").GetInt64(), report.GetProperty("acknowledged").GetInt64()));
    }

    /// <summary>Replays into a fresh service, waits until the last window is judged, and returns what <paramref name="ask"/> finds and the exported board log.</summary>
    public async Task<(T Answer, string BoardLog)> RunAsync<T>(Func<ServiceProcess, Task<T>> ask, params string[] more)
    {
        var (service, data) = await StartAsync(more);
        await using (service)
        {
            await ReplayAsync(service.MqttPort);
            await JudgedAsync(service);
            var answer = await ask(service);
            Assert.Equal(0, await service.TerminateAsync());
            return (answer, await ExportAsync(data, "boards"));
        }
    }

    /// <summary>What <c>score</c> says of a service, once every window of the truth is answered as it was sent and the board log is delivered.</summary>
    public async Task<JsonElement> ScoreAsync(ServiceProcess service)
    {
        JsonElement? score = null;
        await Eventually.ReachesAsync(
            async () =>
            {
                var (exit, report) = await SimulatorProgram.RunAsync("score", "--truth", Truth, "--http", service.Http.ToString(), "--boards", "log", "--json");
                var isSettled = score is { } before && JsonElement.DeepEquals(before, report);
                score = report;
                return exit == 0 && isSettled && IsAsSent(report.GetProperty("healthy"), "windows") && IsAsSent(report.GetProperty("faulty"), "answered") ? null : report.ToString();
            },
            Limit);
        return score!.Value;

        // What a silent detector did not send is not answered.
        static bool IsAsSent(JsonElement windows, string which) =>
            windows.GetProperty("answered").GetInt64() == windows.GetProperty(which).GetInt64() && windows.GetProperty("asSent").GetInt64() == windows.GetProperty(which).GetInt64();
    }

    /// <summary>What <c>trafficcore export</c> writes of a service that has ended.</summary>
    public static async Task<string> ExportAsync(string data, string what)
    {
        var (exit, output) = await ServiceProcess.RunAsync("trafficcore.dll", "export", what, $"--Data:Directory={data}");
        Assert.True(exit == 0, output);
        return output;
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Waits until every board is judged up to the last window of the truth.</summary>
    private async Task JudgedAsync(ServiceProcess service)
    {
        var last = System.IO.File.ReadLines(Path.Combine(Truth, "approaches.csv")).Last().Split(',');
        var end = DateTimeOffset.Parse(last[0], CultureInfo.InvariantCulture).AddSeconds(int.Parse(last[1], CultureInfo.InvariantCulture));
        var boards = System.IO.File.ReadLines(Path.Combine(Truth, "boards.csv")).Skip(1).Count();
        using var api = new ServiceApi(service.Http);
        await Eventually.ReachesAsync(
            async () =>
            {
                // Right after the start there are none yet.
                var known = (await api.GetAsync("api/v1/boards")).EnumerateArray().ToList();
                if (known.Count != boards)
                {
                    return $"{known.Count} of {boards} boards";
                }

                var behind = known.Where(b => !b.TryGetProperty("judgedUntil", out var until) || until.GetDateTimeOffset() < end).Select(static b => b.GetProperty("intersection").GetString()).ToList();
                return behind.Count == 0 ? null : $"not judged until {end:O}: {string.Join(", ", behind)}";
            },
            Limit);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
