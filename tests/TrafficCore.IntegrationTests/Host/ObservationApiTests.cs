using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

public sealed class ObservationApiTests : IAsyncLifetime
{
    private const string Sensor = "traffic/v1/int-0001/environment/w-1";
    private const string Park = "traffic/v1/int-0001/parking/p-1";

    // With a named detector ticks come once a second, and with them what the metrics show.
    private const string Network = """
        {"city":"t","intersections":[{"id":"int-0001","approaches":[{"id":"n","detectors":[{"id":"d-1","functions":["count"]}]}],"environment":[{"id":"w-1"}],"parking":[{"id":"p-1"},{"id":"p-2"}]}]}
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly long minute = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60 - 3) * 60_000;
    private RunningService service = null!;

    public async ValueTask InitializeAsync() => service = await RunningService.StartWithNetworkAsync(Network, "--Network:Open=false");

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task MosquittoPub_Observations_ComeOutOfTheApi()
    {
        await service.MosquittoPubAsync(Sensor, $$"""[{"ts":{{minute + 60_000}},"rain":12.345,"waterLevel":-3.5,"visibility":1500,"temperature":0},{"ts":{{minute}},"temperature":-0.5}]""");
        await service.MosquittoPubAsync(Park, $$"""{"ts":{{minute + 1500}},"capacity":120,"occupied":57}""");
        await service.MosquittoPubAsync(Park, $$"""{"ts":{{minute + 61_500}},"occupied":58}""");

        await CountAsync("int-0001/environment/w-1", 2);
        await CountAsync("int-0001/parking/p-1", 2);
        Assert.Equal(
            $$"""{"intersection":"int-0001","sensor":"w-1","rows":[{"time":"{{Iso(minute)}}","temperature":-0.5},{"time":"{{Iso(minute + 60_000)}}","rain":12.35,"waterLevel":-3.5,"visibility":1500,"temperature":0}]}""",
            await TextAsync("int-0001/environment/w-1"));
        Assert.Equal(
            $$"""{"intersection":"int-0001","parking":"p-1","rows":[{"time":"{{Iso(minute + 1500)}}","capacity":120,"occupied":57},{"time":"{{Iso(minute + 61_500)}}","occupied":58}]}""",
            await TextAsync($"int-0001/parking/p-1?from={Iso(minute)}&to={Iso(minute + 61_501)}"));
        Assert.Equal(
            $$"""{"intersection":"int-0001","parking":"p-1","rows":[{"time":"{{Iso(minute + 1500)}}","capacity":120,"occupied":57}]}""",
            await TextAsync($"int-0001/parking/p-1?from={Iso(minute + 1500)}&to={Iso(minute + 61_500)}"));
        Assert.Equal("""{"intersection":"int-0001","parking":"p-2","rows":[]}""", await TextAsync("int-0001/parking/p-2"));
    }

    [Fact]
    public async Task NoTime_IsStoredAtItsReceiveTime_AndCountedAgain()
    {
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await service.MosquittoPubAsync(Park, """{"occupied":3}""");
        await service.MosquittoPubAsync(Park, """{"occupied":3}""");

        var rows = await CountAsync("int-0001/parking/p-1", 2);
        Assert.All(rows, row => Assert.InRange(row.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds(), before, before + 40_000));
    }

    [Fact]
    public async Task Ledger_Metrics_QuarantineAndErrors_AreThoseOfDetectors()
    {
        await using var listener = await service.ConnectAsync("listener");
        await listener.SubscribeAsync(Sensor + "/errors");
        string good = $$"""{"ts":{{minute}},"rain":1}""";
        Assert.Equal(ReasonCode.Success, await service.PublishAsync(Sensor, good));
        Assert.Equal(ReasonCode.Success, await service.PublishAsync(Sensor, good));
        Assert.Equal(ReasonCode.Success, await service.PublishAsync(Sensor, $$"""{"ts":{{minute}},"rain":2,"visibility":-1}"""));
        Assert.Equal(ReasonCode.PayloadFormatInvalid, await service.PublishAsync(Sensor, """{"rain":"much"}"""));
        Assert.Equal(ReasonCode.Success, await service.PublishAsync("traffic/v1/int-0001/environment/w-2", good));

        await CountAsync("int-0001/environment/w-1", 1);
        var ledger = await service.GetAsync("api/v1/ledger/int-0001/environment/w-1");
        Assert.Equal((4, 1, 2, 0, 0), (Count(ledger, "received"), Count(ledger, "stored"), Count(ledger, "duplicate"), Count(ledger, "late"), Count(ledger, "unexplained")));
        Assert.Equal(1, Count(ledger.GetProperty("rejected"), "no-value"));
        Assert.Equal(1, Count((await service.GetAsync("api/v1/ledger")).GetProperty("rejected"), "unknown-device"));
        await Eventually.ReachesAsync(async () => (await service.GetAsync("api/v1/quarantine?from=-5m")).GetArrayLength() is var kept && kept == 2 ? null : $"{kept}", Deadline);
        var refused = Assert.Single((await service.GetAsync("api/v1/quarantine?from=-5m&reason=no-value")).EnumerateArray());
        Assert.Equal(("environment", "w-1", """{"rain":"much"}"""), (refused.GetProperty("kind").GetString(), refused.GetProperty("device").GetString(), refused.GetProperty("text").GetString()));
        using var patience = new CancellationTokenSource(Deadline);
        var notice = await listener.Messages.ReadAsync(patience.Token);
        Assert.Contains("\"reason\":\"no-value\"", Encoding.UTF8.GetString(notice.Payload.Span), StringComparison.Ordinal);
        await Eventually.ReachesAsync(async () => MissingIn(await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative))), Deadline);

        static string? MissingIn(string metrics) => ((string[])
        [
            "trafficcore_ingress_observations_total 3\n", "trafficcore_ingress_fields_dropped_total{field=\"visibility\"} 1\n",
            "trafficcore_pipeline_readings_stored_total 1\n", "trafficcore_pipeline_readings_conflict_total 1\n",
        ]).FirstOrDefault(line => !metrics.Contains(line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restart_KeepsRowsAndKnowsRepeats()
    {
        string payload = $$"""{"ts":{{minute}},"occupied":4}""";
        await service.PublishAsync(Park, payload);
        await CountAsync("int-0001/parking/p-1", 1);
        await service.RestartAsync();

        await service.PublishAsync(Park, payload);
        await Eventually.ReachesAsync(
            async () => Count(await service.GetAsync("api/v1/ledger/int-0001/parking/p-1"), "duplicate") == 1 ? null : "not yet a duplicate", Deadline);
        Assert.Single(await RowsAsync("int-0001/parking/p-1"));
    }

    [Theory]
    [InlineData("int-9999/environment/w-1", 404, "id")]
    [InlineData("int-0001/environment/w-9", 404, "sensor")]
    [InlineData("int-0001/environment/p-1", 404, "sensor")]
    [InlineData("int-0001/parking/w-1", 404, "parking")]
    [InlineData("int-0001/parking/no%20id", 404, "parking")]
    [InlineData("int-0001/parking/p-1?from=yesterday", 400, "from")]
    [InlineData("int-0001/parking/p-1?to=2026-01-01T00:00:00", 400, "to")]
    [InlineData("int-0001/environment/w-1?from=-1m&to=-2m", 400, "from")]
    public async Task Question_Wrong_IsAProblemThatNamesTheField(string path, int status, string field)
    {
        using var answer = await service.Http.GetAsync(new Uri("api/v1/intersections/" + path, UriKind.Relative));
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.StartsWith(field + ":", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.True(status == 400 ? problem.GetProperty("errors").TryGetProperty(field, out _) : problem.GetProperty("field").GetString() == field, path);
    }

    [Fact]
    public async Task Range_WithMoreThanOneAnswerMayHold_IsAProblemOfFrom()
    {
        await using var small = await RunningService.StartAsync("--Sqlite:MaxRows=1");
        await small.PublishAsync(Park, $$"""[{"ts":{{minute}},"occupied":1},{"ts":{{minute + 1}},"occupied":2}]""");
        await Eventually.ReachesAsync(async () => (await small.RowsAsync($"int-0001/parking/p-1?from={Iso(minute + 1)}")).Count == 1 ? null : "no row", Deadline);

        using var answer = await small.Http.GetAsync(new Uri("api/v1/intersections/int-0001/parking/p-1", UriKind.Relative));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("the range holds more than 1 observations", problem.GetProperty("errors").GetProperty("from")[0].GetString());
    }

    private Task<string> TextAsync(string path) => service.Http.GetStringAsync(new Uri("api/v1/intersections/" + path, UriKind.Relative));

    private Task<IReadOnlyList<JsonElement>> RowsAsync(string path) => service.RowsAsync(path);

    private async Task<IReadOnlyList<JsonElement>> CountAsync(string path, int count)
    {
        await Eventually.ReachesAsync(async () => (await RowsAsync(path)).Count is var rows && rows == count ? null : $"{rows} rows of {path}", Deadline);
        return await RowsAsync(path);
    }

    private static long Count(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
