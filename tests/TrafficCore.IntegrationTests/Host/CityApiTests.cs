using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>Levels of service and the index of the city, from readings over MQTT to what the API says.</summary>
public sealed class CityApiTests : IAsyncLifetime
{
    private const string Network = """
        { "city": "Test City", "intersections": [
            { "id": "a", "approaches": [
              { "id": "n", "freeFlowSpeed": 60, "detectors": [ { "id": "d-1", "functions": ["count"], "interval": 60000 } ] },
              { "id": "s", "freeFlowSpeed": 60, "detectors": [ { "id": "d-2", "functions": ["count"], "interval": 60000 } ] },
              { "id": "w", "freeFlowSpeed": 60, "detectors": [ { "id": "d-3", "functions": ["stopbar-count"], "interval": 60000 } ] } ] },
            { "id": "b", "approaches": [ { "id": "n", "freeFlowSpeed": 60, "detectors": [ { "id": "d-1", "functions": ["count"], "interval": 60000 } ] } ] } ],
          "links": [ { "id": "l-1", "from": "b", "to": "a", "length": 500, "approach": "a/n" } ] }
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly long minute = TwoMinutes();
    private RunningService service = null!;

    public async ValueTask InitializeAsync() => service = await RunningService.StartWithNetworkAsync(Network, "--Windows:IdleTimeout=1s", "--City:Wait=2s");

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task Flow_Levels_NameTheirMethodAndAreJudgedAgainOverMultiples()
    {
        await PublishAsync(0, n: 30, occupancyOfS: 36);
        await PublishAsync(1, n: 60, occupancyOfS: 9);

        // 10 vehicles at 30 and 10 at 60 km/h of 60: 0.75; occupancies of 36 and 9 %: 22.5 %.
        Assert.Equal((3, "C", "gbt33171-speed-ratio", 0.5), Judged(await FlowAsync("a/approaches/n", "60s")));
        Assert.Equal((1, "A", "gbt33171-speed-ratio", 0.75), Judged(await FlowAsync("a/approaches/n", "120s")));
        Assert.Equal((5, "E", "occupancy", null), Judged(await FlowAsync("a/approaches/s", "60s")));
        Assert.Equal((3, "C", "occupancy", null), Judged(await FlowAsync("a/approaches/s", "120s")));

        // At the stop bar occupancy says that the signal is red.
        Assert.Equal((null, null, null, null), Judged(await FlowAsync("a/approaches/w", "60s")));
        Assert.Equal((5, "E", "occupancy", null), Judged(await FlowAsync("a", "60s")));
        Assert.Equal((3, "C", "occupancy", null), Judged(await FlowAsync("a", "120s")));

        await Eventually.ReachesAsync(async () => Latest(await service.GetAsync("api/v1/intersections")) == minute + 60_000 ? null : "not the latest", Deadline);
        var listed = (await service.GetAsync("api/v1/intersections")).EnumerateArray().Single(i => i.GetProperty("id").GetString() == "a");
        Assert.Equal((1, "A", "gbt33171-speed-ratio", 1.0), Judged(listed));
        Assert.Equal(Judged(listed), Judged(listed.GetProperty("latest").GetProperty("row")));

        static long Latest(JsonElement intersections) => intersections.EnumerateArray().Single(i => i.GetProperty("id").GetString() == "a").TryGetProperty("latest", out var latest)
            ? latest.GetProperty("row").GetProperty("start").GetDateTimeOffset().ToUnixTimeMilliseconds()
            : 0;
    }

    [Fact]
    public async Task Flow_Hcm7Configured_HasSixLevels()
    {
        await using var hcm = await RunningService.StartWithNetworkAsync(Network, "--Windows:IdleTimeout=1s", "--Service:Method=hcm7-speed-ratio", "--Service:ByOccupancy=false");
        await hcm.PublishAsync("traffic/v1/a/detector/d-1", Reading(0, 30, 20));
        await hcm.PublishAsync("traffic/v1/a/detector/d-2", $$"""{"ts":{{minute}},"volume":3,"occupancy":50}""");
        await Eventually.ReachesAsync(async () => (await hcm.RowsAsync("a/approaches/s/flow?from=-15m")).Count > 0 ? null : "no row", Deadline);
        Assert.Equal((4, "D", "hcm7-speed-ratio", 0.5), Judged((await hcm.RowsAsync("a/approaches/n/flow?from=-15m"))[0]));
        Assert.Equal((null, null, null, null), Judged((await hcm.RowsAsync("a/approaches/s/flow?from=-15m"))[0]));
    }

    [Fact]
    public async Task Index_ReadingsOfTwoIntersections_IsTheirTravelTimeAndGoesOnAfterARestart()
    {
        await PublishAsync(0, n: 30, occupancyOfS: 20);

        // 500 m at half the speed, 400 m (the default) in free flow, as many vehicles on both: 1400 of 900.
        var row = await RowAsync(revision: 1);
        Assert.Equal((2.571, 1.556, 0.357, 2), (row.GetProperty("tpi").GetDouble(), row.GetProperty("tti").GetDouble(), row.GetProperty("dtp").GetDouble(), row.GetProperty("level").GetInt32()));
        Assert.Equal((0.556, 2, 0.529), (row.GetProperty("congestedShare").GetDouble(), row.GetProperty("approaches").GetInt32(), row.GetProperty("coverage").GetDouble()));
        Assert.Equal([0.444, 0, 0.556, 0, 0], row.GetProperty("shares").EnumerateArray().Select(s => s.GetDouble()));
        Assert.Equal(1, row.GetProperty("networkVersion").GetInt32());
        var answer = await service.GetAsync(Question);
        Assert.Equal(("Test City", "60s", "gbt33171-2016-annex-c-dtp"), (answer.GetProperty("city").GetString(), answer.GetProperty("window").GetString(), answer.GetProperty("method").GetString()));

        // A row can be read as soon as it is durable, and is counted a moment later.
        await Eventually.ReachesAsync(
            async () => (await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative))).Contains("trafficcore_city_published_total 1\n", StringComparison.Ordinal) ? null : "not counted",
            Deadline);
        Assert.True((await service.GetAsync("openapi/v1.json")).GetProperty("paths").TryGetProperty("/api/v1/city/index", out _));

        await service.RestartAsync();
        Assert.Equal(row.GetRawText(), (await RowAsync(revision: 1)).GetRawText());
        Assert.Equal(ReasonCode.Success, await service.PublishAsync("traffic/v1/a/detector/d-2", $$"""{"ts":{{minute + 1}},"interval":1,"volume":10,"speed":15}"""));
        Assert.Equal(3, (await RowAsync(revision: 2)).GetProperty("approaches").GetInt32());
    }

    [Theory]
    [InlineData("window=120s", "window")]
    [InlineData("window=day", "window")]
    [InlineData("window=x", "window")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-01-01T00:00:00", "to")]
    [InlineData("from=-1m&to=-2m", "from")]
    public async Task Index_WrongQuestion_IsAProblemThatNamesTheField(string question, string field)
    {
        using var answer = await service.Http.GetAsync(new Uri("api/v1/city/index?" + question, UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    [Fact]
    public async Task Index_NothingKnownYet_HasNoRowsAndTheLongestWindowThatMayBe()
    {
        var answer = await service.GetAsync("api/v1/city/index");
        Assert.Equal((0, "900s"), (answer.GetProperty("rows").GetArrayLength(), answer.GetProperty("window").GetString()));
        await using var hours = await RunningService.StartAsync("--Windows:Length=3600s");
        using var none = await hours.Http.GetAsync(new Uri("api/v1/city/index", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
    }

    private string Question => $"api/v1/city/index?from={Iso(minute)}&to={Iso(minute + 60_000)}&window=60s";

    private async Task<JsonElement> RowAsync(int revision)
    {
        List<JsonElement> rows = [];
        await Eventually.ReachesAsync(
            async () =>
            {
                rows = [.. (await service.GetAsync(Question)).GetProperty("rows").EnumerateArray()];
                return rows.Count == 1 && rows[0].GetProperty("revision").GetInt32() == revision ? null : $"{rows.Count} rows: {string.Join(", ", rows)}";
            },
            Deadline);
        Assert.Equal(Iso(minute), rows[0].GetProperty("start").GetString());
        return rows[0];
    }

    /// <summary>A minute of both intersections, and its rows.</summary>
    private async Task PublishAsync(int index, int n, int occupancyOfS)
    {
        await service.PublishAsync("traffic/v1/a/detectors", $$"""
            [{{Named("d-1", Reading(index, n, 20))}},{{Named("d-2", $$"""{"ts":{{At(index)}},"volume":4,"occupancy":{{occupancyOfS}}}""")}},{{Named("d-3", $$"""{"ts":{{At(index)}},"volume":4,"occupancy":80}""")}}]
            """);
        await service.PublishAsync("traffic/v1/b/detector/d-1", Reading(index, 60, 5));
        await Eventually.ReachesAsync(async () => (await service.RowsAsync($"a/flow?from={Iso(At(index))}&to={Iso(At(index) + 60_000)}")).Count == 1 ? null : "no row", Deadline);

        static string Named(string detector, string reading) => reading.Replace("{", $$"""{"detector":"{{detector}}",""", StringComparison.Ordinal);
    }

    private async Task<JsonElement> FlowAsync(string series, string window) =>
        (await service.RowsAsync($"{series}/flow?from={Iso(minute)}&to={Iso(minute + 60_000)}&window={window}"))[0];

    private string Reading(int index, int speed, int occupancy) => $$"""{"ts":{{At(index)}},"volume":10,"speed":{{speed}},"occupancy":{{occupancy}}}""";

    private long At(int index) => minute + (index * 60_000);

    /// <summary>Two minutes that are over and end at a multiple of two, but not with a quarter of an hour: a reading that does would publish its row as well.</summary>
    private static long TwoMinutes()
    {
        var start = ((TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 120) - 3) * 120;
        return (start / 900 == (start + 120) / 900 ? start : start - 120) * 1000;
    }

    private static (int? Level, string? Letter, string? Method, double? Ratio) Judged(JsonElement row) => (
        row.TryGetProperty("level", out var level) ? level.GetInt32() : null,
        row.TryGetProperty("levelOfService", out var letter) ? letter.GetString() : null,
        row.TryGetProperty("losMethod", out var method) ? method.GetString() : null,
        row.TryGetProperty("speedRatio", out var ratio) ? ratio.GetDouble() : null);

    private static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
