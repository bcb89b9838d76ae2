using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TrafficCore.Simulators.City.Scoring;

/// <summary>Asks a service for the volumes of a detector.</summary>
internal sealed class FlowClient : IDisposable
{
    private readonly HttpClient _http;

    public FlowClient(Uri service) => _http = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Volume of each window by its begin, Unix ms; windows without a volume are left out.</summary>
    /// <exception cref="IOException">Nothing that understands the question answers there.</exception>
    public async Task<Dictionary<long, long>> VolumesAsync(string intersection, string detector, long from, long until, long window, CancellationToken cancellation)
    {
        var path = $"api/v1/intersections/{intersection}/detectors/{detector}/flow?from={Iso(from)}&to={Iso(until)}&window={window / 1000}s";
        try
        {
            using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return [];
            }

            if (!answer.IsSuccessStatusCode)
            {
                throw new IOException($"{_http.BaseAddress}{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}");
            }

            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            return body.GetProperty("rows").EnumerateArray()
                .Where(static row => row.TryGetProperty("volume", out var volume) && volume.ValueKind == JsonValueKind.Number)
                .ToDictionary(static row => row.GetProperty("start").GetDateTimeOffset().ToUnixTimeMilliseconds(), static row => row.GetProperty("volume").GetInt64());
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new IOException($"{_http.BaseAddress}{path}: {e.Message}", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Iso(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
