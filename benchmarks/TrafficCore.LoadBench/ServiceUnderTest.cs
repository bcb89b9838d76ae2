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
    public static async Task<ServiceUnderTest> StartAsync(string program, string dataDirectory, params string[] more)
    {
        string[] arguments = ["run", $"--Data:Directory={dataDirectory}", "--Mqtt:Port=0", "--Http:Port=0", .. more];
        var process = program.EndsWith(".dll", StringComparison.Ordinal)
            ? OwnedProcess.Start("dotnet", [program, .. arguments])
            : OwnedProcess.Start(program, arguments);
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

    /// <summary>Memory figures of the runtime, from the service's own metrics.</summary>
    public async Task<RuntimeFigures> ReadRuntimeAsync() => RuntimeFigures.Parse(await _http.GetStringAsync(new Uri("metrics", UriKind.Relative)));

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
