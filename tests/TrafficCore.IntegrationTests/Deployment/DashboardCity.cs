using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>
/// A simulated city of half an hour, sent in seconds to the service, which delivers to a real InfluxDB 1.6. Made once for all tests of the dashboards; afterwards
/// nothing moves in its range.
/// </summary>
public sealed partial class DashboardCity : IAsyncLifetime
{
    internal static readonly string[] Windows = ["60s", "900s"];
    private const long Longest = 900_000;

    private static readonly string[] City = ["--intersections", "4", "--interval", "10s", "--board-every", "2", "--demand", "200", "--profile", "peaks"];
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(30);

    private static JsonElement network;

    private readonly TemporaryDirectory _directory = new();
    private DatabaseProcess? _influx;
    private RunningService? _service;

    /// <summary>Without influxd there is no city.</summary>
    internal DatabaseProcess? Influx => _influx;

    internal HttpClient Http => _service!.Http;

    internal DateTimeOffset From { get; private set; }

    /// <summary>Before the first window that was still open: no later row begins in the range.</summary>
    internal DateTimeOffset WindowsTo { get; private set; }

    /// <summary>When the city was over. What a window that closes later changes on boards has the time of that window's end, which is later still.</summary>
    internal DateTimeOffset BoardsTo { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _influx = await DatabaseProcess.TryStartInfluxAsync();
        if (_influx is null)
        {
            return;
        }

        await _influx.PostAsync("/query", "q", "CREATE DATABASE traffic");
        await RunCityAsync(["--check", "--network-out", _directory["network.json"]]);
        var text = await File.ReadAllTextAsync(_directory["network.json"]);
        network = JsonDocument.Parse(text).RootElement;
        _service = await RunningService.StartWithNetworkAsync(
            text, $"--Influx:Url={_influx.Url}", "--Influx:Api=v1", $"--Windows:Length={string.Join(',', Windows)}", "--Boards:MaxInputAge=unlimited");

        // What dashboards show beside readings: an operator's message, and something refused.
        await Eventually.ReachesAsync(CommandUnansweredAsync, TimeSpan.FromSeconds(20));
        await _service.PublishAsync("traffic/v1/int-0001/detector/d-01", "{");

        // The city's time ends about now. The range ends where windows of both lengths end, some minutes before, so that what closes while tests ask begins behind it.
        var now = TimeProvider.System.GetUtcNow();
        var end = (now.ToUnixTimeMilliseconds() - 240_000) / Longest * Longest;
        (From, WindowsTo) = (now - Duration - TimeSpan.FromMilliseconds(Longest), DateTimeOffset.FromUnixTimeMilliseconds(end - 1));
        await RunCityAsync(["--broker", $"mqtt://127.0.0.1:{_service.Service.Mqtt.Port}", "--duration", $"{(int)Duration.TotalMinutes}m", "--speed", "150"]);
        await Eventually.ReachesAsync(UnsettledAsync, TimeSpan.FromMinutes(1));
        BoardsTo = TimeProvider.System.GetUtcNow();
        await Eventually.ReachesAsync(UnsettledAsync, TimeSpan.FromMinutes(1));
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        if (_influx is not null)
        {
            await _influx.DisposeAsync();
        }

        _directory.Dispose();
    }

    internal static IEnumerable<string> DetectorsOf(JsonElement intersection) =>
        from one in network.GetProperty("intersections").EnumerateArray()
        where one.GetProperty("id").GetString() == intersection.GetProperty("id").GetString()
        from approach in one.GetProperty("approaches").EnumerateArray()
        from detector in approach.GetProperty("detectors").EnumerateArray()
        select detector.GetProperty("id").GetString()!;

    internal Task<string> MetricsAsync() => Http.GetStringAsync(new Uri("metrics", UriKind.Relative));

    internal CityAnswers Answers() => new(Http, From, WindowsTo, BoardsTo);

    /// <summary>What influxd answers.</summary>
    internal async Task<JsonElement> AskAsync(string query)
    {
        var answer = JsonDocument.Parse(await _influx!.GetAsync($"/query?db=traffic&epoch=ms&q={Uri.EscapeDataString(query)}")).RootElement.GetProperty("results")[0];
        Assert.False(answer.TryGetProperty("error", out var error), $"{error}: {query}");
        return answer;
    }

    /// <summary>Boards are there shortly after the network is.</summary>
    private async Task<string?> CommandUnansweredAsync()
    {
        if ((await _service!.GetAsync("api/v1/boards")).EnumerateArray().FirstOrDefault() is not { ValueKind: JsonValueKind.Object } board)
        {
            return "no board";
        }

        var path = $"api/v1/boards/{board.GetProperty("intersection").GetString()}/{board.GetProperty("board").GetString()}/message";
        using var answer = await Http.PutAsJsonAsync(path, new { text = new[] { "BRIDGE CLOSED" }, author = "li" });
        return answer.IsSuccessStatusCode ? null : $"{answer.StatusCode}";
    }

    /// <summary>Settled: every reading is accounted for, the last windows of the range are published, and both databases have all there is.</summary>
    private async Task<string?> UnsettledAsync()
    {
        var ledger = await _service!.GetAsync("api/v1/ledger");
        if (ledger.GetProperty("inFlight").GetInt64() != 0 || ledger.GetProperty("unexplained").GetInt64() != 0)
        {
            return ledger.ToString();
        }

        var end = WindowsTo.ToUnixTimeMilliseconds() + 1;
        var answers = Answers();
        IEnumerable<SeriesPoint> rows = [.. await answers.OfAsync("intersection_flow"), .. await answers.OfAsync("city_index")];
        var last = rows.Count(row => row.Time == end - (row.Tags["window"] == Windows[^1] ? Longest : 60_000));
        var expected = (network.GetProperty("intersections").GetArrayLength() + 1) * Windows.Length;
        return last < expected ? $"{last} of {expected} last windows"
            : Lag().Matches(await MetricsAsync()).FirstOrDefault(lag => lag.Groups[1].Value != "0")?.Value;
    }

    private static async Task RunCityAsync(string[] arguments)
    {
        var (exit, output) = await ServiceProcess.RunAsync("trafficcore-sim.dll", ["city", .. City, .. arguments]);
        Assert.True(exit == 0, output);
    }

    [GeneratedRegex(@"^trafficcore_(?:storage|pipeline_output|pipeline_shard)_lag_bytes(?:\{.*\})? (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Lag();
}
