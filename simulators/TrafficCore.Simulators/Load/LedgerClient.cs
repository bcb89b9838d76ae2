using System.Net.Http.Json;
using System.Text.Json;

namespace TrafficCore.Simulators.Load;

/// <summary>Reads the ledger over the service's HTTP interface.</summary>
internal sealed class LedgerClient : IDisposable
{
    /// <summary>How often to look while the service settles.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public LedgerClient(Uri service, TimeProvider time)
    {
        _http = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(10) };
        _time = time;
    }

    /// <summary>The ledger now.</summary>
    /// <exception cref="IOException">Nothing that understands the question answers there.</exception>
    public async Task<LedgerCounts> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return Parse(await _http.GetFromJsonAsync<JsonElement>("api/v1/ledger", cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new IOException($"{_http.BaseAddress}: can't read the ledger: {e.Message}", e);
        }
    }

    /// <summary>
    /// Waits until the service has received what was sent and nothing is on its way any more, at most for the given time, and
    /// returns what changed since <paramref name="before"/>.
    /// </summary>
    public async Task<LedgerCounts> SettleAsync(LedgerCounts before, long expected, TimeSpan limit, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            var grown = (await ReadAsync(cancellation)).Since(before);
            var settled = grown.Received >= expected && grown.InFlight == 0 && grown.Unexplained == 0;
            if (settled || _time.GetElapsedTime(start) > limit)
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
}
