using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TrafficCore.Simulators.Load;

/// <summary>Asks the service over HTTP what became of what it was sent.</summary>
internal sealed class LedgerClient : IDisposable
{
    /// <summary>How often to look while the service settles.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    /// <summary>Questions at once: the service answers ledgers one at a time, so more would only wait there.</summary>
    private const int Together = 4;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<string>? _devices;

    /// <param name="service">Base address.</param>
    /// <param name="time">Clock.</param>
    /// <param name="devices">Devices (<c>intersection/kind/device</c>) that the ledger is asked for; null for the ledger of everything.</param>
    public LedgerClient(Uri service, TimeProvider time, IReadOnlyList<string>? devices = null)
    {
        _http = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(30) };
        _time = time;
        _devices = devices;
    }

    /// <summary>The ledger now.</summary>
    /// <exception cref="IOException">Nothing that understands the question answers there.</exception>
    public async Task<LedgerCounts> ReadAsync(CancellationToken cancellation)
    {
        if (_devices is null)
        {
            return await ReadAsync("api/v1/ledger", cancellation);
        }

        var sum = LedgerCounts.None;
        foreach (var some in _devices.Chunk(Together))
        {
            var ledgers = await Task.WhenAll(some.Select(device => ReadAsync($"api/v1/ledger/{device}", cancellation)));
            sum = ledgers.Aggregate(sum, static (all, one) => all.Plus(one));
        }

        return sum;
    }

    /// <summary>
    /// Waits until the service has received so much and nothing is on its way any more, at most for the given time, and returns what changed since
    /// <paramref name="before"/>.
    /// </summary>
    /// <exception cref="IOException">Nothing that understands the question answers there.</exception>
    public Task<LedgerCounts> SettleAsync(LedgerCounts before, long received, TimeSpan limit, CancellationToken cancellation) =>
        SettleAsync(before, grown => grown.Received >= received && grown is { InFlight: 0, Unexplained: 0 }, limit, cancellation);

    /// <summary>The same for any condition on what changed.</summary>
    /// <exception cref="IOException">Nothing that understands the question answers there.</exception>
    public async Task<LedgerCounts> SettleAsync(LedgerCounts before, Func<LedgerCounts, bool> isReached, TimeSpan limit, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            var grown = (await ReadAsync(cancellation)).Since(before);
            if (isReached(grown) || _time.GetElapsedTime(start) > limit)
            {
                return grown;
            }

            await Task.Delay(Step, _time, cancellation);
        }
    }

    public void Dispose() => _http.Dispose();

    internal static LedgerCounts Parse(JsonElement ledger)
    {
        long Number(string name) => ledger.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
        var rejected = ledger.TryGetProperty("rejected", out var reasons) && reasons.ValueKind == JsonValueKind.Object
            ? reasons.EnumerateObject().Sum(static r => r.Value.GetInt64())
            : 0;
        return new LedgerCounts(
            ledger.GetProperty("received").GetInt64(),
            ledger.GetProperty("stored").GetInt64(),
            Number("duplicate"),
            Number("late"),
            rejected,
            Number("corrupt"),
            Number("inFlight"),
            Number("unexplained"));
    }

    private async Task<LedgerCounts> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            return answer.StatusCode == HttpStatusCode.NotFound && _devices is not null
                ? LedgerCounts.None // a device that has not sent anything yet
                : Parse(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new IOException($"{_http.BaseAddress}: can't read the ledger: {e.Message}", e);
        }
    }
}
