using System.Globalization;
using System.Text.Json;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>Published interval counts of two cities, replayed over MQTT, against the sums that were published or computed with them.</summary>
public sealed class CountReplayTests
{
    private const string Scats = "victoria_scats_site100/";
    private const string Muenster = "muenster_loops_20151022/";

    // Each detector's last reading passes the end of its window, so nothing waits for silence; what is left is the way into the databases.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Scats_Site_EveryQuarterHourAndEveryDayEqualThePublished()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Australia/Melbourne");
        var file = RecordedReplay.Require(Scats + "fixture_20210610_0614.csv");
        var quarters = RecordedReplay.Table(RecordedReplay.Require(Scats + "expected_site_15min.csv"))
            .ToDictionary(row => RecordedReplay.Instant(row["date_local"], row["start_local"], zone), static row => Number(row["volume"]));
        var days = RecordedReplay.Table(RecordedReplay.Require(Scats + "expected_detector_day.csv"))
            .ToLookup(static row => row["detector"], row => (Start: RecordedReplay.Instant(row["date_local"], "00:00", zone), Total: Number(row["qt_volume_24hour_from_source"])));
        Assert.Equal((480, 24), (quarters.Count, days.Count));
        using var data = new TemporaryDirectory();
        await File.WriteAllTextAsync(data["network.json"], Network("100", days.Select(static d => d.Key)));
        await using var influx = await RecordedReplay.StartInfluxAsync();
        await using var service = await ServiceProcess.StartAsync(
            data["data"], "--Ingest:MaxAge=unlimited", $"--Network:File={data["network.json"]}", $"--Influx:Url={influx.Url}", "--Influx:Api=v1");

        var report = await RecordedReplay.RunAsync(service, file, "--format", "scats", "--time-zone", zone.Id);

        Assert.Equal((11_520, 120, 0), (report.GetProperty("readings").GetInt32(), report.GetProperty("rows").GetInt32(), report.GetProperty("findings").GetArrayLength()));
        using var api = new ServiceApi(service.Http);
        var (from, to) = (quarters.Keys.Min(), quarters.Keys.Max().AddMinutes(15));
        await AssertFlowAsync(api, "100", from, to, "900s", quarters);
        foreach (var detector in days)
        {
            await AssertFlowAsync(api, $"100/detectors/{detector.Key}", from, to, "day", detector.ToDictionary(static d => d.Start, static d => d.Total));
        }

        await AssertFlowAsync(api, "100", from, to, "day", days.SelectMany(static d => d).GroupBy(static d => d.Start).ToDictionary(static d => d.Key, static d => d.Sum(static one => one.Total)));
        await AssertInfluxAsync(influx, quarters, days, zone);
        await AssertBalancedAsync(api, 11_520);
    }

    [Fact]
    public async Task Muenster_City_EveryHourEqualsThePublished()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var file = RecordedReplay.Require(Muenster + "2015_10_22_24mq.csv");
        var hours = RecordedReplay.Table(RecordedReplay.Require(Muenster + "expected_intersection_hourly.csv")).ToLookup(static row => row["intersection"]);
        Assert.Equal(85, hours.Count);
        using var data = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(data.FullName, "--Ingest:MaxAge=unlimited", "--Windows:Length=60s,3600s");

        var report = await RecordedReplay.RunAsync(service, file, "--format", "muenster", "--time-zone", zone.Id);

        Assert.Equal((12, 2, 348), (Skipped("not-a-vehicle-loop"), Skipped("unknown-name"), Skipped("blank")));
        Assert.Equal(hours.SelectMany(static h => h).Sum(static row => Number(row["valid_detectors"])), report.GetProperty("readings").GetInt64());
        using var api = new ServiceApi(service.Http);
        foreach (var intersection in hours)
        {
            var expected = intersection.ToDictionary(row => RecordedReplay.Instant(row["date_local"], row["hour_start_local"], zone), static row => Number(row["vehicles_sum_valid_cells"]));
            await AssertFlowAsync(api, intersection.Key, expected.Keys.Min(), expected.Keys.Max().AddHours(1), "3600s", expected);

            // A multiple of what is stored: summed when it is asked for.
            var pairs = expected.GroupBy(static hour => Multiple(hour.Key, TimeSpan.FromHours(2))).ToDictionary(static pair => pair.Key, static pair => pair.Sum(static hour => hour.Value));
            await AssertFlowAsync(api, intersection.Key, expected.Keys.Min(), expected.Keys.Max().AddHours(1), "7200s", pairs);
        }

        await AssertBalancedAsync(api, report.GetProperty("readings").GetInt64());

        int Skipped(string reason) => report.GetProperty("skipped").GetProperty(reason).GetInt32();
    }

    private static async Task AssertFlowAsync(
        ServiceApi api, string series, DateTimeOffset from, DateTimeOffset to, string window, IReadOnlyDictionary<DateTimeOffset, long> expected) =>
        await Eventually.ReachesAsync(
            async () =>
            {
                var rows = await api.FlowAsync(series, from, to, window);
                return rows.Count != expected.Count
                    ? $"{series} {window}: {rows.Count} rows of {expected.Count}"
                    : expected.Select(e => RecordedReplay.Difference(rows, e.Key, e.Value) ?? Doubt(rows[e.Key])).FirstOrDefault(static difference => difference is not null);
            },
            Limit);

    /// <summary>Everything was heard, so a window that says otherwise is wrong however right its volume is.</summary>
    private static string? Doubt(JsonElement row) =>
        row.GetProperty("coverage").GetDouble() == 1 && row.GetProperty("readings").GetInt64() == row.GetProperty("expected").GetInt64() ? null : $"not whole: {row}";

    private static async Task AssertInfluxAsync(
        DatabaseProcess influx, Dictionary<DateTimeOffset, long> quarters, ILookup<string, (DateTimeOffset Start, long Total)> days, TimeZoneInfo zone)
    {
        await Eventually.ReachesAsync(
            async () =>
            {
                var found = await RecordedReplay.VolumesAsync(influx, "SELECT volume FROM intersection_flow WHERE intersection='100' AND \"window\"='900s'");
                return quarters.Select(e => found.GetValueOrDefault(e.Key, -1) == e.Value ? null : $"influx at {e.Key:O}: {found.GetValueOrDefault(e.Key, -1)} instead of {e.Value}").FirstOrDefault(static d => d is not null);
            },
            Limit);
        foreach (var detector in days)
        {
            var query = $"SELECT sum(volume) FROM detector_flow WHERE intersection='100' AND detector='{detector.Key}' AND \"window\"='900s' AND time >= '2021-06-09T14:00:00Z' AND time < '2021-06-14T14:00:00Z' GROUP BY time(1d) fill(none) tz('{zone.Id}')";
            var found = await RecordedReplay.VolumesAsync(influx, query);
            Assert.Equal(detector.OrderBy(static d => d.Start).Select(static d => d.Total), found.OrderBy(static d => d.Key).Select(static d => d.Value));
        }
    }

    private static async Task AssertBalancedAsync(ServiceApi api, long readings)
    {
        var ledger = await api.LedgerAsync();
        Assert.Equal(
            (readings, readings, 0, 0),
            (ledger.GetProperty("received").GetInt64(), ledger.GetProperty("stored").GetInt64(), ledger.GetProperty("duplicate").GetInt64(), ledger.GetProperty("unexplained").GetInt64()));
    }

    private static string Network(string intersection, IEnumerable<string> detectors) => JsonSerializer.Serialize(new
    {
        city = "melbourne",
        timeZone = "Australia/Melbourne",
        intersections = new[]
        {
            new
            {
                id = intersection,
                name = "Site 100",
                approaches = new[] { new { id = "all", bearing = 0, detectors = detectors.Select(static id => new { id, functions = new[] { "count" }, interval = 900_000 }) } },
            },
        },
    });

    private static DateTimeOffset Multiple(DateTimeOffset instant, TimeSpan length) => new(instant.Ticks - (instant.Ticks % length.Ticks), TimeSpan.Zero);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
