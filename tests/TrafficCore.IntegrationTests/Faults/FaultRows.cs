using System.Text.Json;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>Rows of a run as text, in every field but the revision.</summary>
internal static class FaultRows
{
    /// <summary>Detectors, approaches and intersections, of both window lengths, as the API gives them.</summary>
    public static async Task<IReadOnlyList<string>> OfApiAsync(ServiceApi api, DeviceFleet fleet)
    {
        var rows = new List<string>();
        foreach (var series in fleet.Series.Concat(fleet.Intersections).Concat(fleet.Intersections.SelectMany(i => FaultNetwork.Approaches.Select(a => $"{i}/approaches/{a}"))))
        {
            rows.AddRange(await api.FlowTextAsync(series, fleet.Start, fleet.End, "60s"));
            rows.AddRange(await api.FlowTextAsync(series, fleet.Start, fleet.End, "900s"));
        }

        return rows;
    }

    /// <summary>The same as an InfluxDB 1.x has them.</summary>
    public static async Task<IReadOnlyList<string>> OfInfluxAsync(DatabaseProcess influx)
    {
        var query = Uri.EscapeDataString("SELECT * FROM detector_flow, approach_flow, intersection_flow WHERE \"window\" = '60s' OR \"window\" = '900s' GROUP BY *");
        using var answer = JsonDocument.Parse(await influx.GetAsync($"/query?db=traffic&epoch=ms&q={query}"));
        if (!answer.RootElement.GetProperty("results")[0].TryGetProperty("series", out var found))
        {
            return [];
        }

        return [.. found.EnumerateArray().SelectMany(Points).Order(StringComparer.Ordinal)];
    }

    /// <summary>What is not as it should be; null when nothing is.</summary>
    public static string? Difference(IReadOnlyList<string> expected, IReadOnlyList<string> found)
    {
        var missing = expected.Except(found).ToList();
        var wrong = found.Except(expected).ToList();
        return missing.Count + wrong.Count == 0 && expected.Count == found.Count
            ? null
            : $"{found.Count} rows, {expected.Count} expected\nmissing {missing.Count}: {missing.FirstOrDefault()}\nnot expected {wrong.Count}: {wrong.FirstOrDefault()}";
    }

    private static IEnumerable<string> Points(JsonElement series)
    {
        var head = $"{series.GetProperty("name")} {string.Join(' ', series.GetProperty("tags").EnumerateObject())}";
        var columns = series.GetProperty("columns").EnumerateArray().Select(static column => column.GetString()!).ToList();
        return series.GetProperty("values").EnumerateArray().Select(values => head + string.Concat(columns.Zip(values.EnumerateArray())
            .Where(static field => field.First != "revision" && field.Second.ValueKind != JsonValueKind.Null).Select(static field => $" {field.First}={field.Second.GetRawText()}")));
    }
}
