using System.Globalization;
using System.Text.Json;
using TrafficCore.Storage.Influx;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.IntegrationTests.Storage;

/// <summary>The servers as Debian ships them: influxd 1.6 by the v1 interface, VictoriaMetrics by the v2 path.</summary>
public sealed class RealDatabaseTests
{
    private const long Begin = 1_709_330_400_000;

    [Fact]
    public async Task Influx1_RandomRowsAndRevisions_ReadBackByInfluxQlValueByValue()
    {
        await using DatabaseProcess? server = await DatabaseProcess.TryStartInfluxAsync();
        Assert.SkipWhen(server is null, "influxd is not installed");
        await server.PostAsync("/query", "q", "CREATE DATABASE traffic");
        await using InfluxFixture influx = new(V1(server));
        RandomRows random = new(seed: 9);
        FlowRow[] rows = [.. Enumerable.Range(0, 3_000).Select(i => random.Next((FlowLevel)(i % 3 + 1), $"int-{i % 5}", $"id {i % 4},='", Begin + i * 60_000L, 60_000))];
        await influx.Start().DeliverAsync(rows);
        await AssertStoredAsync(rows, server);

        // Every value may change or become unknown: what InfluxDB would merge must not show through. Of the classes all or none go.
        FlowRow[] revised = [.. rows.Take(300).Select(row => random.Next(row.Level, row.Intersection, row.Id, row.Start, row.Length, revision: 2)
            with { Classes = row.Start % 120_000 == 0 ? row.Classes : [] })];
        Func<long> deleted = influx.Meters.Count("trafficcore.storage.deletes");
        await influx.DeliverAsync(revised);

        await AssertStoredAsync([.. revised, .. rows.Skip(300)], server);
        Assert.InRange(deleted(), 200, 300);
    }

    [Fact]
    public async Task Influx1_Observations_ReadBackByInfluxQlWithTheContractsTypes()
    {
        await using DatabaseProcess? server = await DatabaseProcess.TryStartInfluxAsync();
        Assert.SkipWhen(server is null, "influxd is not installed");
        await server.PostAsync("/query", "q", "CREATE DATABASE traffic");
        await using InfluxFixture influx = new(V1(server));
        RandomObservations random = new(seed: 6);
        Observation[] observations =
            [.. Enumerable.Range(0, 2_000).Select(i => random.Next(i % 2 == 0 ? ObservationKind.Environment : ObservationKind.Parking, $"int-{i % 5}", $"id {i % 4},='", Begin + (i * 1_234L)))];
        influx.Output.AppendEach(1, observations);

        await influx.Start().DeliveredAsync();

        Dictionary<string, Dictionary<string, object>> points = [];
        await ReadAsync(server, "environment", points);
        await ReadAsync(server, "parking", points);
        Assert.Equal(observations.Length, points.Count);
        Assert.All(observations, o => Assert.Equal(RandomObservations.Fields(o), points[Key(o.Kind.Name, RandomObservations.Tags(o), o.Timestamp)]));
        string types = await server.GetAsync("/query?db=traffic&q=" + Uri.EscapeDataString("SHOW FIELD KEYS"));
        Assert.Contains("""["rain","float"],["temperature","float"],["visibility","float"],["waterLevel","float"]""", types, StringComparison.Ordinal);
        Assert.Contains("""["capacity","integer"],["occupied","integer"]""", types, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Influx1_FieldTypeConflict_IsIsolatedWithTheServersReason()
    {
        await using DatabaseProcess? server = await DatabaseProcess.TryStartInfluxAsync();
        Assert.SkipWhen(server is null, "influxd is not installed");
        await server.PostAsync("/query", "q", "CREATE DATABASE traffic");
        await WriteAsync(server, $"approach_flow,intersection=x class_bus=1.5 {Begin}\n");
        await using InfluxFixture influx = new(V1(server));
        FlowRow[] rows = [.. Enumerable.Range(0, 200).Select(i => Approach($"a{i}", i is 3 or 150 ? "bus" : "car"))];

        await influx.Start().DeliverAsync(rows);

        await AssertStoredAsync([.. rows.Where((_, i) => i is not (3 or 150))], server);
        Assert.Equal(2, influx.DeadLetters.Split('\n').Count(line => line.StartsWith("approach_flow,", StringComparison.Ordinal)));
        Assert.Contains("field type conflict", influx.DeadLetters, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Influx1_DatabaseMadeLater_GetsEverything()
    {
        await using DatabaseProcess? server = await DatabaseProcess.TryStartInfluxAsync();
        Assert.SkipWhen(server is null, "influxd is not installed");
        await using InfluxFixture influx = new(V1(server));
        influx.Output.Append(1, Approach("a", "car"));
        influx.Start();
        await TestKit.Processes.Eventually.ReachesAsync(
            () => Task.FromResult(influx.Sink.Trouble is { } trouble && trouble.Contains("not found", StringComparison.Ordinal) ? null : influx.Sink.Trouble ?? "no trouble"),
            TimeSpan.FromSeconds(10));

        await server.PostAsync("/query", "q", "CREATE DATABASE traffic");

        await influx.DeliveredAsync();
        await AssertStoredAsync([Approach("a", "car")], server);
    }

    [Fact]
    public async Task VictoriaMetrics_FirstPublications_AreExportedValueByValue()
    {
        await using DatabaseProcess? server = await DatabaseProcess.TryStartVictoriaMetricsAsync();
        Assert.SkipWhen(server is null, "victoria-metrics is not installed");
        await using InfluxFixture influx = new(new InfluxOptions { Url = server.Url, Org = "city", Token = "any" });
        RandomRows random = new(seed: 4);
        FlowRow[] rows = [.. Enumerable.Range(0, 600).Select(i => random.Next((FlowLevel)(i % 3 + 1), "int-1", $"id-{i % 3}", Begin + i * 60_000L, 60_000) with { Classes = [] })];

        await influx.Start().DeliverAsync(rows);

        await server.GetAsync("/internal/force_flush");
        Dictionary<string, double> exported = await ExportAsync(server);
        foreach (FlowRow row in rows)
        {
            foreach ((string field, object value) in PointOf.Fields(row).Where(field => field.Value is not string))
            {
                // The store keeps about 12 significant digits.
                double expected = Convert.ToDouble(value, CultureInfo.InvariantCulture);
                Assert.Equal(expected, exported[Key($"{PointOf.Measurement(row)}_{field}", PointOf.Tags(row), row.Start)], Math.Abs(expected) * 1e-9);
            }
        }
    }

    private static InfluxOptions V1(DatabaseProcess server) => new() { Url = server.Url, Api = InfluxApi.V1, Token = "user:password" };

    private static FlowRow Approach(string id, string vehicle) => new()
    {
        Level = FlowLevel.Approach, Intersection = "i", Id = id, Start = Begin, Length = 60_000, Revision = 1, Volume = 1, Classes = [new ClassVolume(vehicle, 1)],
    };

    private static async Task WriteAsync(DatabaseProcess server, string line)
    {
        using HttpClient http = new();
        using StringContent content = new(line);
        using HttpResponseMessage response = await http.PostAsync(new Uri($"{server.Url}/write?db=traffic&precision=ms"), content);
        response.EnsureSuccessStatusCode();
    }

    internal static async Task AssertStoredAsync(FlowRow[] rows, DatabaseProcess server)
    {
        Dictionary<string, Dictionary<string, object>> points = [];
        foreach (string measurement in rows.Select(PointOf.Measurement).Distinct())
        {
            await ReadAsync(server, measurement, points);
        }

        foreach (FlowRow row in rows)
        {
            Assert.Equal(PointOf.Fields(row), points[Key(PointOf.Measurement(row), PointOf.Tags(row), row.Start)]);
        }
    }

    /// <summary>Reads a measurement by InfluxQL; integers come as numbers without a point, so the contract's integer fields are told by name.</summary>
    private static async Task ReadAsync(DatabaseProcess server, string measurement, Dictionary<string, Dictionary<string, object>> points)
    {
        string query = Uri.EscapeDataString($"SELECT * FROM {measurement}");
        using JsonDocument answer = JsonDocument.Parse(await server.GetAsync($"/query?db=traffic&epoch=ms&q={query}"));
        JsonElement series = answer.RootElement.GetProperty("results")[0].GetProperty("series")[0];
        string[] columns = [.. series.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!)];
        foreach (JsonElement values in series.GetProperty("values").EnumerateArray())
        {
            Dictionary<string, string> tags = [];
            Dictionary<string, object> fields = [];
            foreach ((string column, JsonElement value) in columns.Zip(values.EnumerateArray()).Skip(1).Where(pair => pair.Second.ValueKind != JsonValueKind.Null))
            {
                if (column is "intersection" or "approach" or "detector" or "window" or "sensor" or "parking")
                {
                    tags[column] = value.GetString()!;
                }
                else
                {
                    fields[column] = value.ValueKind == JsonValueKind.String ? value.GetString()!
                        : column is "flow_rate" or "occupancy" or "speed" or "pcu" or "speed_ratio" or "coverage" or "rain" or "waterLevel" or "visibility" or "temperature" ? value.GetDouble()
                        : value.TryGetInt64(out long integer) ? (object)integer
                        : value.GetDouble();
                }
            }

            points[Key(measurement, tags, values[0].GetInt64())] = fields;
        }
    }

    private static async Task<Dictionary<string, double>> ExportAsync(DatabaseProcess server)
    {
        Dictionary<string, double> values = [];
        string export = await server.GetAsync("/api/v1/export?match[]=%7B__name__!=%22%22%7D&reduce_mem_usage=1");
        foreach (string line in export.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument series = JsonDocument.Parse(line);
            Dictionary<string, string> labels = series.RootElement.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);
            string name = labels["__name__"];
            labels.Remove("__name__");
            labels.Remove("db");
            foreach ((JsonElement value, JsonElement timestamp) in series.RootElement.GetProperty("values").EnumerateArray().Zip(series.RootElement.GetProperty("timestamps").EnumerateArray()))
            {
                values[Key(name, labels, timestamp.GetInt64())] = value.GetDouble();
            }
        }

        return values;
    }

    private static string Key(string name, Dictionary<string, string> tags, long timestamp) =>
        name + string.Concat(tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $",{tag.Key}={tag.Value}")) + $"@{timestamp}";
}
