using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TrafficCore.Simulators.City.Scoring;

/// <summary>Asks a service what it made of a run: volumes of detectors, and what boards were to show.</summary>
internal sealed class ServiceClient : IDisposable
{
    /// <summary>Lines of a board's log in one answer; the service allows as many.</summary>
    private const int PageLength = 10_000;

    private readonly HttpClient _http;

    public ServiceClient(Uri service) => _http = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Volume of each window of a detector by its begin, Unix ms; windows without a volume are left out.</summary>
    /// <exception cref="IOException">Nothing that understands the question answers there.</exception>
    public Task<Dictionary<long, long>> VolumesAsync(string intersection, string detector, long from, long until, long window, CancellationToken cancellation) => AskAsync(
        $"api/v1/intersections/{intersection}/detectors/{detector}/flow?from={Iso(from)}&to={Iso(until)}&window={window / 1000}s",
        static body => body.GetProperty("rows").EnumerateArray()
            .Where(static row => row.TryGetProperty("volume", out var volume) && volume.ValueKind == JsonValueKind.Number)
            .ToDictionary(static row => row.GetProperty("start").GetDateTimeOffset().ToUnixTimeMilliseconds(), static row => row.GetProperty("volume").GetInt64()),
        [],
        cancellation);

    /// <summary>What a board was to show, by the event times of the service's decisions.</summary>
    /// <exception cref="IOException">Nothing that understands the question answers there.</exception>
    public async Task<List<BoardChange>> BoardLogAsync(string intersection, string board, long from, long until, CancellationToken cancellation)
    {
        var log = new List<BoardChange>();
        while (true)
        {
            // A board's decisions have rising times, so that the next page begins behind the last one.
            var page = await AskAsync(
                $"api/v1/boards/{intersection}/{board}/messages?from={Iso(from)}&to={Iso(until)}&limit={PageLength}",
                static body => body.EnumerateArray()
                    .Select(static m => new BoardChange(m.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds(), m.GetProperty("multi").GetString()!)).ToList(),
                [],
                cancellation);
            log.AddRange(page);
            if (page.Count < PageLength)
            {
                return log;
            }

            from = page[^1].At + 1;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The answer to a question; <paramref name="unknown"/> where the service knows nothing of what is asked for.</summary>
    private async Task<T> AskAsync<T>(string path, Func<JsonElement, T> read, T unknown, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return unknown;
            }

            if (!answer.IsSuccessStatusCode)
            {
                throw new IOException($"{_http.BaseAddress}{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}");
            }

            return read(await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new IOException($"{_http.BaseAddress}{path}: {e.Message}", e);
        }
    }

    private static string Iso(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
