using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TrafficCore.Simulators.Load;

/// <summary>Adds up the vehicles in the windows of a run's intersections, over HTTP.</summary>
internal sealed class WindowClient : IDisposable
{
    /// <summary>A question for each intersection, so not too often.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    /// <summary>The last windows close when their detectors have been silent for twice the longest interval, 120 s; and some time to write them.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private const int Together = 8;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public WindowClient(Uri service, TimeProvider time)
    {
        _http = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(30) };
        _time = time;
    }

    /// <summary>Waits until the windows hold as many vehicles as expected; returns how many they hold in the end.</summary>
    /// <param name="intersections">Whose windows.</param>
    /// <param name="from">Start of the first that counts.</param>
    /// <param name="expected">Vehicles.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">Nothing that understands the question answers there.</exception>
    public async Task<long> SettleAsync(IReadOnlyList<string> intersections, DateTimeOffset from, long expected, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            long found = 0;
            foreach (var some in intersections.Chunk(Together))
            {
                found += (await Task.WhenAll(some.Select(id => VolumeAsync(id, from, cancellation)))).Sum();
            }

            if (found == expected || _time.GetElapsedTime(start) > Limit)
            {
                return found;
            }

            await Task.Delay(Step, _time, cancellation);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<long> VolumeAsync(string intersection, DateTimeOffset from, CancellationToken cancellation)
    {
        try
        {
            var (first, last) = (Iso(from), Iso(_time.GetUtcNow() + TimeSpan.FromMinutes(10)));
            using var answer = await _http.GetAsync(new Uri($"api/v1/intersections/{intersection}/flow?from={first}&to={last}", UriKind.Relative), cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return 0; // not known yet
            }

            var body = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellation);
            return body.GetProperty("rows").EnumerateArray().Sum(static row => row.TryGetProperty("volume", out var volume) ? volume.GetInt64() : 0);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new IOException($"{_http.BaseAddress}: can't read the windows of {intersection}: {e.Message}", e);
        }
    }

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
