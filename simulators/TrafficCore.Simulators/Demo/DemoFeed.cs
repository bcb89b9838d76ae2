using System.Net.Http.Json;
using System.Text.Json;
using TrafficCore.Simulators.Load;

namespace TrafficCore.Simulators.Demo;

/// <summary>Asks the running service what anybody could ask it, over HTTP: the demonstration shows no inside knowledge.</summary>
/// <remarks>Ownership: one loop.</remarks>
internal sealed class DemoFeed : IDisposable
{
    private static readonly TimeSpan RateSpan = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly Queue<(long Received, long At)> _seen = new();

    public DemoFeed(Uri service, TimeProvider time)
    {
        _http = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(5) };
        _time = time;
    }

    /// <summary>The state now; parts that can't be had are empty.</summary>
    public async Task<DemoSnapshot> ReadAsync(CancellationToken cancellation)
    {
        var intersections = await AskAsync("api/v1/intersections", cancellation);
        var boards = await AskAsync("api/v1/boards", cancellation);
        var sinks = await AskAsync("api/v1/sinks", cancellation);
        var ledger = await AskAsync("api/v1/ledger", cancellation) is { } counts ? LedgerClient.Parse(counts) : null;
        return new DemoSnapshot(
            [.. Items(intersections, "intersections").Select(ReadIntersection)],
            [.. Items(boards, "boards").Select(ReadBoard)],
            [.. Items(sinks, "sinks").Select(ReadLag)],
            ledger,
            Rate(ledger));
    }

    public void Dispose() => _http.Dispose();

    internal static DemoIntersection ReadIntersection(JsonElement json)
    {
        var latest = Member(json, "latest");
        var row = Member(latest, "row") ?? latest;
        return new DemoIntersection(
            Text(json, "id") ?? "?",
            Text(json, "name"),
            Text(latest, "window"),
            Text(row, "start") is { } start ? DateTimeOffset.Parse(start, System.Globalization.CultureInfo.InvariantCulture) : null,
            (long?)Number(row, "volume"),
            Number(row, "occupancy"),
            Number(row, "speed"),
            Text(row, "levelOfService") ?? Text(json, "levelOfService"),
            Number(row, "coverage"));
    }

    internal static DemoBoard ReadBoard(JsonElement json)
    {
        var because = Member(Member(json, "reason"), "because");
        var why = Text(Member(json, "reason"), "rule") is { } rule
            ? string.Join(' ', new[] { rule, Text(because, "event"), Text(because, "approach"), Evidence(because) }.OfType<string>())
            : null;
        return new DemoBoard(
            Text(json, "intersection") ?? "?", Text(json, "board") ?? "?", Text(json, "text"), why, Text(json, "delivery"), Text(Member(json, "status"), "state"));
    }

    internal static DemoLag ReadLag(JsonElement json) => new(Text(json, "name") ?? "?", (long?)Number(json, "lagRecords") ?? 0, Number(json, "lagSeconds") ?? 0);

    private static string? Evidence(JsonElement? because) =>
        Text(because, "metric") is { } metric && Number(because, "value") is { } value
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{metric} {value:0.##}")
            : null;

    /// <summary>Over the last seconds: sensors send once a second, so a shorter span would only show their rhythm.</summary>
    private double Rate(LedgerCounts? ledger)
    {
        if (ledger is null)
        {
            return 0;
        }

        var now = _time.GetTimestamp();
        _seen.Enqueue((ledger.Received, now));
        while (_time.GetElapsedTime(_seen.Peek().At, now) > RateSpan)
        {
            _seen.Dequeue();
        }

        var first = _seen.Peek();
        var seconds = _time.GetElapsedTime(first.At, now).TotalSeconds;
        return seconds > 0 ? (ledger.Received - first.Received) / seconds : 0;
    }

    private async Task<JsonElement?> AskAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await _http.GetFromJsonAsync<JsonElement>(path, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // The service is starting or busy; the next question comes in a second.
            return null;
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray()
        : Member(json, name) is { ValueKind: JsonValueKind.Array } member ? member.EnumerateArray()
        : [];

    private static JsonElement? Member(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } o && o.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement? json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static double? Number(JsonElement? json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;
}
