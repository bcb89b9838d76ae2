using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TrafficCore.LoadBench;

/// <summary>The service with its default configuration, on free ports and a data directory of its own.</summary>
internal sealed partial class ServiceUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(30);

    // A minute of the largest city is 260,000 rows.
    private static readonly TimeSpan OutputLimit = TimeSpan.FromMinutes(2);
    private static readonly string[] Lags = ["trafficcore_pipeline_shard_lag_bytes", "trafficcore_pipeline_output_lag_bytes", "trafficcore_storage_lag_bytes"];

    private readonly OwnedProcess _process;
    private readonly HttpClient _http;

    private ServiceUnderTest(OwnedProcess process, int mqtt, int http)
    {
        _process = process;
        Port = mqtt;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public int Port { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts <c>trafficcore run</c> and waits for the line that tells its ports.</summary>
    public static Task<ServiceUnderTest> StartAsync(string program, string dataDirectory, params string[] more) => StartAsync([], program, dataDirectory, more);

    /// <summary>The same with settings in its environment, each <c>NAME=value</c>.</summary>
    public static async Task<ServiceUnderTest> StartAsync(string[] environment, string program, string dataDirectory, params string[] more)
    {
        // env becomes the program it starts, so the process id is the service's.
        string[] run = program.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", program] : [program];
        var process = OwnedProcess.Start("env", [.. environment, .. run, "run", $"--Data:Directory={dataDirectory}", "--Mqtt:Port=0", "--Http:Port=0", .. more]);
        try
        {
            var ports = await process.WaitForAsync(static line => Listening().Match(line) is { Success: true } match ? match : null, StartLimit);
            return new ServiceUnderTest(process, Number(ports, 1), Number(ports, 2));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the ledger has taken in what was sent since <paramref name="before"/>, and returns it.</summary>
    /// <exception cref="BenchException">It does not balance in time.</exception>
    public async Task<BenchLedger> SettleAsync(BenchLedger before, long sent)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        BenchLedger now;
        var tries = (int)(SettleLimit / TimeSpan.FromMilliseconds(100));
        do
        {
            now = await ReadLedgerAsync();
            if (now.Received - before.Received == sent && now.Stored - before.Stored == sent && now.Unexplained == 0 && now.InFlight == 0)
            {
                return now;
            }
        }
        while (--tries > 0 && await timer.WaitForNextTickAsync());

        throw new BenchException($"the ledger does not balance: {sent} sent, before {before}, after {now}");
    }

    public async Task<BenchLedger> ReadLedgerAsync()
    {
        var json = await _http.GetFromJsonAsync<JsonElement>("api/v1/ledger");
        long Value(string name) => json.GetProperty(name).GetInt64();
        return new BenchLedger(Value("received"), Value("stored"), Value("duplicate"), Value("late"), Value("inFlight"), Value("unexplained"));
    }

    /// <summary>Vehicles in all windows of an intersection that begin in the given range.</summary>
    public async Task<long> ReadVolumeAsync(string intersection, DateTimeOffset from, DateTimeOffset to)
    {
        var query = $"api/v1/intersections/{intersection}/flow?from={Iso(from)}&to={Iso(to)}&window=60s";
        using var answer = await _http.GetAsync(new Uri(query, UriKind.Relative));
        if (answer.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return 0;
        }

        answer.EnsureSuccessStatusCode();
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return json.GetProperty("rows").EnumerateArray().Sum(static row => row.TryGetProperty("volume", out var volume) ? volume.GetInt64() : 0);
    }

    /// <summary>Asks, and takes the whole answer; its length in bytes.</summary>
    public async Task<long> AskAsync(string path)
    {
        await using var answer = await _http.GetStreamAsync(new Uri(path, UriKind.Relative));
        var (buffer, length) = (new byte[64 * 1024], 0L);
        while (await answer.ReadAsync(buffer) is > 0 and var read)
        {
            length += read;
        }

        return length;
    }

    /// <summary>Waits until nothing that was acknowledged waits for a shard, the output log or a sink.</summary>
    /// <exception cref="BenchException">It still does after the limit.</exception>
    public async Task SettleOutputsAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        MetricsText metrics;
        var tries = (int)(OutputLimit / timer.Period);
        do
        {
            metrics = await ReadMetricsAsync();
            if (Lags.All(name => metrics.Sum(name) == 0))
            {
                return;
            }
        }
        while (--tries > 0 && await timer.WaitForNextTickAsync());

        throw new BenchException($"still waiting after {OutputLimit.TotalSeconds} s: {string.Join(", ", Lags.Select(name => FormattableString.Invariant($"{name} {metrics.Sum(name)}")))}");
    }

    /// <summary>The service's own metrics.</summary>
    public async Task<MetricsText> ReadMetricsAsync() => new(await _http.GetStringAsync(new Uri("metrics", UriKind.Relative)));

    /// <summary>Memory figures of the runtime, from the service's own metrics.</summary>
    public async Task<RuntimeFigures> ReadRuntimeAsync() => RuntimeFigures.Of(await ReadMetricsAsync());

    /// <summary>Opens the live feed; who takes the stream disposes it.</summary>
    /// <param name="query">Parameters.</param>
    public Task<Stream> OpenFeedAsync(string query) => _http.GetStreamAsync(new Uri($"api/v1/live?{query}", UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static string Iso(DateTimeOffset time) => Uri.EscapeDataString(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    [GeneratedRegex(@"listening mqtt=\S*:(\d+) http=\S*:(\d+)")]
    private static partial Regex Listening();
}

/// <summary>What the bench needs of the ledger.</summary>
internal sealed record BenchLedger(long Received, long Stored, long Duplicate, long Late, long InFlight, long Unexplained);
