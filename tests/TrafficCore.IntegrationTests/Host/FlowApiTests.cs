using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

public sealed class FlowApiTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    // A minute that is over: its window closes as soon as the detector falls silent.
    private readonly long minute = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60 - 3) * 60_000;
    private RunningService service = null!;

    public async ValueTask InitializeAsync() => service = await RunningService.StartAsync("--Windows:IdleTimeout=1s");

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task MosquittoPub_Readings_ComeOutOfTheApi()
    {
        for (var i = 0; i < 6; i++)
        {
            await service.MosquittoPubAsync("traffic/v1/int-0001/detector/d-01", Reading(i * 10_000, volume: i + 1));
        }

        await Eventually.ReachesAsync(async () => Is(await service.RowsAsync($"int-0001/flow?from={Iso(minute)}&to={Iso(minute + 60_000)}"), 21), Deadline);
        var row = Assert.Single(await service.RowsAsync($"int-0001/detectors/d-01/flow?from=-15m&window=60s"));
        Assert.Equal(Iso(minute), row.GetProperty("start").GetString());
        Assert.Equal((21, 1260.0, 10.0, 50.0), (row.GetProperty("volume").GetInt64(), row.GetProperty("flowRate").GetDouble(), row.GetProperty("occupancy").GetDouble(), row.GetProperty("speed").GetDouble()));
        Assert.Equal((1.0, 6, 6, "ok"), (row.GetProperty("coverage").GetDouble(), row.GetProperty("readings").GetInt32(), row.GetProperty("expected").GetInt32(), row.GetProperty("health").GetString()));
        Assert.False(row.TryGetProperty("levelOfService", out _), "nothing is known of a learnt detector's free-flow speed: absent, not null");
        Assert.Single(await service.RowsAsync("int-0001/approaches/all/flow?from=-15m"));

        var listed = Assert.Single((await service.GetAsync("api/v1/intersections")).EnumerateArray());
        Assert.Equal(("int-0001", true, 21), (listed.GetProperty("id").GetString(), listed.GetProperty("learnt").GetBoolean(), listed.GetProperty("latest").GetProperty("row").GetProperty("volume").GetInt64()));
    }

    [Fact]
    public async Task Restart_KeepsRowsLedgerAndQuarantine()
    {
        const string Topic = "traffic/v1/int-0001/detector/d-01";
        Assert.Equal(ReasonCode.Success, await service.PublishAsync(Topic, Reading(0, 4)));
        Assert.Equal(ReasonCode.PayloadFormatInvalid, await service.PublishAsync(Topic, "not json"));
        await Eventually.ReachesAsync(async () => Is(await service.RowsAsync("int-0001/flow?from=-15m"), 4), Deadline);
        await service.RestartAsync();

        Assert.Null(Is(await service.RowsAsync("int-0001/flow?from=-15m"), 4));
        Assert.Equal(ReasonCode.Success, await service.PublishAsync(Topic, Reading(0, 4)));
        await Eventually.ReachesAsync(async () => (await service.GetAsync("api/v1/ledger")).GetProperty("inFlight").GetInt64() == 0 ? null : "in flight", Deadline);
        var ledger = await service.GetAsync("api/v1/ledger/int-0001/detector/d-01");
        Assert.Equal((3, 1, 1, 1, 0), (Count(ledger, "received"), Count(ledger, "stored"), Count(ledger, "duplicate"), Count(ledger.GetProperty("rejected"), "bad-json"), Count(ledger, "unexplained")));
        var refused = Assert.Single((await service.GetAsync("api/v1/quarantine?reason=bad-json&from=-5m")).EnumerateArray());
        Assert.Equal(("not json", "d-01"), (refused.GetProperty("text").GetString(), refused.GetProperty("device").GetString()));
    }

    [Fact]
    public async Task Question_Wrong_IsAProblemThatNamesTheField()
    {
        (string Path, int Status, string Field)[] questions =
        [
            ("intersections/int-0001/flow?window=7s", 400, "window"),
            ("intersections/int-0001/flow?window=often", 400, "window"),
            ("intersections/int-0001/flow?window=1000000000d", 400, "window"),
            ("intersections/int-0001/flow?from=yesterday", 400, "from"),
            ("intersections/int-0001/flow?from=2026-01-01T00:00:00", 400, "from"),
            ("intersections/int-0001/flow?to=soon", 400, "to"),
            ("intersections/int-0001/flow?from=-1m&to=-2m", 400, "from"),
            ("intersections/int-9999/flow", 404, "id"),
            ("intersections/int-0001/approaches/north/flow", 404, "approach"),
            ("intersections/int-0001/detectors/d-99/flow", 404, "detector"),
            ("boards/int-0001/b-1", 404, "board"),
            ("ledger/int-9/detector/d", 404, "device"),
            ("quarantine?limit=many", 400, "limit"),
            ("quarantine?limit=0", 400, "limit"),
            ("quarantine?limit=-1", 400, "limit"),
            ("quarantine?limit=99999999999", 400, "limit"),
            ("quarantine?limit=", 400, "limit"),
            ("quarantine?from=-1m&to=-2m", 400, "from"),
            ("quarantine?from=2026-02-30T00:00:00Z", 400, "from"),
            ("quarantine?reason=zzz", 400, "reason"),
            ("quarantine?reason=none", 400, "reason"),
            ("quarantine?after=1", 400, "after"),
            ("quarantine?after=-1--1", 400, "after"),
            ("intersections/int-0001/flow?window=0s", 400, "window"),
            ("intersections/int-0001/flow?window=-60s", 400, "window"),
            ("intersections/int-0001/flow?window=", 400, "window"),
            ("intersections/int-0001/flow?form=-15m", 400, "form"),
            ("intersections/int-0001/flow?id=int-0002", 400, "id"),
            ("intersections/int-0001/flow?from=-15m&from=-5m", 400, "from"),
            ("intersections/int-0001/flow?to=9999-12-31T23:59:59-01:00", 400, "to"),
            ("intersections?window=60s", 400, "window"),
            ("intersections/int-0001/environment/e-1?form=-1h", 400, "form"),
            ("intersections/int-0001/parking/p-1?limit=5", 400, "limit"),
            ("boards?board=b-1", 400, "board"),
            ("boards?state=", 400, "state"),
            ("boards?state=broken", 400, "state"),
            ("boards/int-0001/b-1/messages?limit=0", 400, "limit"),
            ("boards/int-0001/b-1/statuses?form=-1h", 400, "form"),
            ("ledger?from=-1h", 400, "from"),
            ("ledger/int-0001/detector/d-01?x", 400, "x"),
            ("ledger/int-0001/tram/d-01", 404, "device"),
            ("intersections/%20/flow", 404, "id"),
            ("intersections/%C3%28/flow", 404, "id"),
        ];
        await service.PublishAsync("traffic/v1/int-0001/detector/d-01", Reading(0, 1));
        foreach (var (path, status, field) in questions)
        {
            using var answer = await service.Http.GetAsync(new Uri("api/v1/" + path, UriKind.Relative));
            Assert.Equal((path, status), (path, (int)answer.StatusCode));
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(status, problem.GetProperty("status").GetInt32());
            Assert.StartsWith(field + ":", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.True(status != 400 || problem.GetProperty("errors").TryGetProperty(field, out _), path);
        }
    }

    [Fact]
    public async Task Quarantine_ReasonUnknown_ListsTheReasons()
    {
        using var answer = await service.Http.GetAsync(new Uri("api/v1/quarantine?reason=zzz", UriKind.Relative));
        var detail = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString();
        Assert.StartsWith("reason: \"zzz\" is not one of bad-json, bad-shape, ", detail, StringComparison.Ordinal);
        Assert.EndsWith(RejectionReasons.Name(Enum.GetValues<RejectionReason>().Max()), detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quarantine_CutAnswer_LeadsToTheNextUntilAllIsRead()
    {
        for (var i = 0; i < 5; i++)
        {
            await service.PublishAsync("traffic/v1/int-0001/detector/d-01", $"not json {i}");
        }

        await Eventually.ReachesAsync(async () => (await service.GetAsync("api/v1/quarantine")).GetArrayLength() is var n && n == 5 ? null : $"{n} of 5", Deadline);
        List<string?> texts = [];
        var pages = 0;
        for (string? page = "api/v1/quarantine?from=-5m&Limit=2&REASON=bad-json"; page is not null; pages++)
        {
            using var answer = await service.Http.GetAsync(new Uri(page, UriKind.RelativeOrAbsolute));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            texts.AddRange((await answer.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Select(r => r.GetProperty("text").GetString()));
            page = answer.Headers.TryGetValues("Link", out var links) ? Assert.Single(links).Split('<', '>')[1] : null;
        }

        Assert.Equal(3, pages);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"not json {i}"), texts);
    }

    [Fact]
    public async Task Route_Unknown_IsAProblem()
    {
        using var answer = await service.Http.GetAsync(new Uri("api/v1/nothing", UriKind.Relative));
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    private static string? Is(IReadOnlyList<JsonElement> rows, long volume) =>
        rows.Count == 1 && rows[0].GetProperty("volume").GetInt64() == volume ? null : $"{rows.Count} rows: {string.Join(' ', rows)}";

    private static long Count(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private string Reading(long offset, int volume) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"ts\":{minute + offset},\"interval\":10000,\"volume\":{volume},\"occupancy\":10,\"speed\":50}}");

    private static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
