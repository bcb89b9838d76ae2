using System.Globalization;
using System.Text.Json;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>Plays recorded data into a service process as a user would, and reads what databases and API make of it.</summary>
internal static class RecordedReplay
{
    /// <summary>The file, or the test is skipped; where CI is set a missing one fails.</summary>
    public static string Require(string path)
    {
        var found = SharedData.Find(path);
        Assert.SkipWhen(found is null && !RequiredTools.AreRequired, $"recorded data {path} is not beside the checkout");
        return found ?? throw new FileNotFoundException("Recorded data is missing.", path);
    }

    /// <summary>A real InfluxDB 1.6 with a database, or the test is skipped.</summary>
    public static async Task<DatabaseProcess> StartInfluxAsync()
    {
        var influx = await DatabaseProcess.TryStartInfluxAsync();
        Assert.SkipWhen(influx is null, "influxd is not installed (Debian package influxdb)");
        await influx!.PostAsync("/query", "q", "CREATE DATABASE traffic");
        return influx;
    }

    /// <summary>Runs <c>replay</c> as a process of its own, which must end well; returns what it reports.</summary>
    public static async Task<JsonElement> RunAsync(ServiceProcess service, string file, params string[] arguments)
    {
        var (exit, output) = await ServiceProcess.RunAsync("trafficcore-sim.dll", ["replay", file, "--broker", $"mqtt://127.0.0.1:{service.MqttPort}", "--json", .. arguments]);
        Assert.True(exit == 0, output);
        using var report = JsonDocument.Parse(output.Split('\n').Last(static line => line.StartsWith('{')));
        return report.RootElement.Clone();
    }

    /// <summary>What is wrong with the volume of a row; null when nothing is.</summary>
    public static string? Difference(Dictionary<DateTimeOffset, JsonElement> rows, DateTimeOffset start, long total) =>
        !rows.TryGetValue(start, out var row) ? $"no row at {start:O}"
        : row.GetProperty("volume").GetInt64() == total ? null
        : $"{row.GetProperty("volume")} instead of {total} at {start:O}";

    /// <summary>The answer to an InfluxQL query for one field, by time.</summary>
    public static async Task<Dictionary<DateTimeOffset, long>> VolumesAsync(DatabaseProcess influx, string query)
    {
        using var answer = JsonDocument.Parse(await influx.GetAsync($"/query?db=traffic&epoch=ms&q={Uri.EscapeDataString(query)}"));
        return answer.RootElement.GetProperty("results")[0].TryGetProperty("series", out var series)
            ? series[0].GetProperty("values").EnumerateArray().ToDictionary(row => DateTimeOffset.FromUnixTimeMilliseconds(row[0].GetInt64()), row => row[1].GetInt64())
            : [];
    }

    /// <summary>The rows of a published table, by column name.</summary>
    public static IReadOnlyList<Dictionary<string, string>> Table(string path)
    {
        var lines = File.ReadLines(path).Select(static line => line.Split(',')).ToList();
        return [.. lines.Skip(1).Select(cells => lines[0].Zip(cells).ToDictionary(static cell => cell.First, static cell => cell.Second))];
    }

    /// <summary>The instant of a local date and time.</summary>
    public static DateTimeOffset Instant(string date, string time, TimeZoneInfo zone)
    {
        var local = DateTime.ParseExact($"{date} {time}", "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
