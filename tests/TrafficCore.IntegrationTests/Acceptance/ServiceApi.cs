using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>The HTTP interface as a script would use it: names and shapes from the contract, no product types.</summary>
internal sealed class ServiceApi(Uri address) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    public Task<JsonElement> GetAsync(string path) => http.GetFromJsonAsync<JsonElement>(path);

    public Task<string> GetTextAsync(string path) => http.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>Rows of <c>flow</c> by start instant; <paramref name="series"/> is e.g. <c>int-1</c> or <c>int-1/detectors/d-1</c>.</summary>
    public async Task<Dictionary<DateTimeOffset, JsonElement>> FlowAsync(string series, DateTimeOffset from, DateTimeOffset to, string window)
    {
        using var answer = await http.GetAsync(new Uri($"api/v1/intersections/{series}/flow?from={Iso(from)}&to={Iso(to)}&window={window}", UriKind.Relative)).ConfigureAwait(false);
        if (answer.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return [];
        }

        answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>().ConfigureAwait(false);
        return body.GetProperty("rows").EnumerateArray()
            .ToDictionary(row => DateTimeOffset.Parse(row.GetProperty("start").GetString()!, CultureInfo.InvariantCulture));
    }

    /// <summary>The same as text, in order, without the revision: it tells how often a row was corrected on the way, not what it says.</summary>
    public async Task<IEnumerable<string>> FlowTextAsync(string series, DateTimeOffset from, DateTimeOffset to, string window) =>
        (await FlowAsync(series, from, to, window).ConfigureAwait(false)).OrderBy(static row => row.Key)
            .Select(row => $"{series} {window} {row.Key:O} {string.Join(' ', row.Value.EnumerateObject().Where(static field => field.Name != "revision"))}");

    public Task<JsonElement> LedgerAsync(string? device = null) => GetAsync(device is null ? "api/v1/ledger" : $"api/v1/ledger/{device}");

    /// <summary>Waits until the service says that it is ready.</summary>
    public Task WhenReadyAsync(TimeSpan limit) => Eventually.ReachesAsync(
        async () =>
        {
            using var answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative)).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? null : await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        },
        limit);

    public void Dispose() => http.Dispose();

    private static string Iso(DateTimeOffset instant) => Uri.EscapeDataString(instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
