using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>What the HTTP API says of the city, as points of the contract's measurements.</summary>
/// <remarks>Ownership: one test at a time.</remarks>
internal sealed class CityAnswers(HttpClient http, DateTimeOffset from, DateTimeOffset windowsTo, DateTimeOffset boardsTo)
{
    private static readonly Dictionary<string, string> FlowFields = new(StringComparer.Ordinal)
    {
        ["volume"] = "volume", ["flowRate"] = "flow_rate", ["occupancy"] = "occupancy", ["speed"] = "speed", ["levelOfService"] = "level_of_service",
        ["speedRatio"] = "speed_ratio", ["coverage"] = "coverage", ["readings"] = "readings", ["expected"] = "expected", ["revision"] = "revision", ["health"] = "health",
        ["level"] = "level", ["losMethod"] = "los_method",
    };

    private readonly Dictionary<string, IReadOnlyList<SeriesPoint>> _measurements = new(StringComparer.Ordinal);

    /// <summary>The whole measurement in the range, all windows, all devices.</summary>
    public async Task<IReadOnlyList<SeriesPoint>> OfAsync(string measurement)
    {
        if (!_measurements.TryGetValue(measurement, out var points))
        {
            _measurements[measurement] = points = measurement switch
            {
                "intersection_flow" => await FlowAsync("", "", _ => [""]),
                "approach_flow" => await FlowAsync("approach", "approaches", Approaches),
                "detector_flow" => await FlowAsync("detector", "detectors", DashboardCity.DetectorsOf),
                "city_index" => await IndexAsync(),
                "intersection_info" => [.. (await IntersectionsAsync()).Select(Info)],
                "board_message" => await BoardsAsync("messages", "time", Message),
                "board_status" => await BoardsAsync("statuses", "received", Status),
                _ => throw new NotSupportedException($"The API has no {measurement}."),
            };
        }

        return points;
    }

    public async Task<IReadOnlyList<JsonElement>> IntersectionsAsync() =>
        [.. (await http.GetFromJsonAsync<JsonElement>("api/v1/intersections")).EnumerateArray()];

    public static IEnumerable<string> Approaches(JsonElement intersection) => intersection.GetProperty("approaches").EnumerateArray().Select(id => id.GetString()!);

    private async Task<IReadOnlyList<SeriesPoint>> FlowAsync(string tag, string collection, Func<JsonElement, IEnumerable<string>> devices)
    {
        List<SeriesPoint> points = [];
        foreach (var intersection in await IntersectionsAsync())
        {
            var id = intersection.GetProperty("id").GetString()!;
            foreach (var device in devices(intersection))
            {
                foreach (var window in DashboardCity.Windows)
                {
                    Dictionary<string, string> tags = new() { ["intersection"] = id, ["window"] = window };
                    if (tag.Length > 0)
                    {
                        tags[tag] = device;
                    }

                    var path = $"api/v1/intersections/{id}{(tag.Length > 0 ? $"/{collection}/{device}" : "")}/flow?window={window}&from={Iso(from)}&to={Iso(windowsTo)}";
                    var rows = (await http.GetFromJsonAsync<JsonElement>(path)).GetProperty("rows");
                    points.AddRange(rows.EnumerateArray().Select(row => new SeriesPoint(tags, Instant(row, "start"), Flow(row))));
                }
            }
        }

        return points;
    }

    private async Task<IReadOnlyList<SeriesPoint>> BoardsAsync(string history, string time, Func<JsonElement, Dictionary<string, object>> fields)
    {
        List<SeriesPoint> points = [];
        foreach (var board in (await http.GetFromJsonAsync<JsonElement>("api/v1/boards")).EnumerateArray())
        {
            var (intersection, id) = (board.GetProperty("intersection").GetString()!, board.GetProperty("board").GetString()!);
            var rows = await http.GetFromJsonAsync<JsonElement>($"api/v1/boards/{intersection}/{id}/{history}?from={Iso(from)}&to={Iso(boardsTo.AddMilliseconds(1))}&limit=1000");
            points.AddRange(rows.EnumerateArray().Select(row =>
                new SeriesPoint(new Dictionary<string, string> { ["intersection"] = intersection, ["board"] = id }, Instant(row, time), fields(row))));
        }

        return points;
    }

    private async Task<IReadOnlyList<SeriesPoint>> IndexAsync()
    {
        List<SeriesPoint> points = [];
        foreach (var window in DashboardCity.Windows)
        {
            var answer = await http.GetFromJsonAsync<JsonElement>($"api/v1/city/index?window={window}&from={Iso(from)}&to={Iso(windowsTo)}");
            Dictionary<string, string> tags = new() { ["city"] = answer.GetProperty("city").GetString()!, ["window"] = window };
            points.AddRange(answer.GetProperty("rows").EnumerateArray().Select(row => new SeriesPoint(tags, Instant(row, "start"), Index(row))));
        }

        return points;
    }

    private static Dictionary<string, object> Flow(JsonElement row) =>
        row.EnumerateObject().Where(value => FlowFields.ContainsKey(value.Name)).ToDictionary(value => FlowFields[value.Name], value => Value(value.Value));

    private static Dictionary<string, object> Index(JsonElement row) => Named(
        row, ("tpi", "tpi"), ("tti", "tti"), ("dtp", "dtp"), ("level", "level"), ("congestedShare", "congested_share"), ("approaches", "approaches"), ("coverage", "coverage"), ("revision", "revision"));

    private static SeriesPoint Info(JsonElement intersection) => new(
        new Dictionary<string, string> { ["intersection"] = intersection.GetProperty("id").GetString()! },
        0,
        Named(intersection, ("name", "name"), ("lon", "lon"), ("lat", "lat")));

    private static Dictionary<string, object> Message(JsonElement row)
    {
        var fields = Named(row, ("state", "state"), ("id", "id"), ("multi", "message"), ("priority", "priority"));
        fields["rule"] = row.GetProperty("reason").GetProperty("rule").GetString()!;
        return fields;
    }

    private static Dictionary<string, object> Status(JsonElement row) => Named(row, ("state", "state"), ("id", "id"), ("multi", "message"), ("error", "error"));

    private static Dictionary<string, object> Named(JsonElement json, params (string Api, string Field)[] names) =>
        names.Where(name => json.TryGetProperty(name.Api, out _)).ToDictionary(name => name.Field, name => Value(json.GetProperty(name.Api)));

    private static object Value(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : SeriesPoint.Rounded(value.GetDouble());

    private static long Instant(JsonElement row, string name) =>
        DateTimeOffset.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private static string Iso(DateTimeOffset instant) => Uri.EscapeDataString(instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
