using System.Globalization;
using System.Text.Json;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>A real InfluxDB that is away, hangs, refuses or is badly connected: it delays no device and no other database, and has every row in the end.</summary>
[Collection(FaultSuite.Name)]
public sealed class InfluxFaultTests(UndisturbedRun undisturbed)
{
    // Small batches: many requests for a fault to meet. Short waits: it is not their length that is tested.
    private static readonly string[] Delivery =
        ["--Influx:Api=v1", "--Influx:BatchPoints=50", "--Influx:BatchDelay=00:00:00.1", "--Influx:RetryDelay=00:00:00.1", "--Influx:MaxRetryDelay=2s", "--Influx:MaxRetryAfter=2s", "--Influx:Timeout=5s"];

    [Fact]
    public async Task Influx_KilledTwiceUnderLoad_HasEveryRow()
    {
        await using var influx = await RecordedReplay.StartInfluxAsync();
        await using var run = await BeginAsync(influx.Url);
        await run.WhenAcknowledgedAsync(0.2);
        await influx.KillAsync();
        await run.WhenAcknowledgedAsync(0.5);
        await influx.StartAgainAsync();
        await run.WhenAcknowledgedAsync(0.7);
        await influx.KillAsync();
        await run.WhenSentAsync();
        await AssertOthersAreServedAsync(run);
        await influx.StartAgainAsync();
        await AssertEverywhereAsync(run, influx);
    }

    [Fact]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    public async Task Influx_StoppedForThirtySeconds_HasEveryRow()
    {
        await using var influx = await RecordedReplay.StartInfluxAsync();
        await using var run = await BeginAsync(influx.Url);
        await run.WhenAcknowledgedAsync(0.2);
        await influx.SignalAsync("STOP");
        await FaultRun.ElapseAsync(TimeSpan.FromSeconds(30));
        await run.WhenSentAsync();
        await AssertOthersAreServedAsync(run);
        await influx.SignalAsync("CONT");
        await AssertEverywhereAsync(run, influx);
    }

    [Fact]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    public async Task Influx_GoneForTheWholeRunAndBack_HasEveryRow()
    {
        await using var influx = await RecordedReplay.StartInfluxAsync();
        await influx.KillAsync();
        await using var run = await BeginAsync(influx.Url);
        await run.WhenSentAsync();
        await AssertOthersAreServedAsync(run);
        await influx.StartAgainAsync();
        await AssertEverywhereAsync(run, influx);
    }

    [Fact]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    public async Task Influx_AwayForLongerThanItsBacklog_HasEveryRow()
    {
        await using var influx = await RecordedReplay.StartInfluxAsync();
        await influx.KillAsync();

        // The log lets go of what the database has not had as soon as it may: when, with a row a second of each series, it is longer than the least that can be configured.
        await using var run = await BeginAsync(influx.Url, "--Influx:MaxBacklog=1", "--Pipeline:OutputMaxBytes=1048576", "--Pipeline:Pack=false", "--Windows:Length=1s,60s,900s");
        await run.WhenAcknowledgedAsync(0.1);
        var first = Directory.GetFiles(Path.Combine(run.DataDirectory, "output"), "*.log").Order(StringComparer.Ordinal).First();
        await Eventually.ReachesAsync(() => Task.FromResult(File.Exists(first) ? "the beginning of the output is still kept" : null), FaultRun.Limit);

        // A sink that still reads from a deleted file has no gap yet: after a start it has.
        await run.RestartAsync();
        await run.WhenSentAsync();
        await AssertOthersAreServedAsync(run);
        await influx.StartAgainAsync();
        await AssertEverywhereAsync(run, influx, async () => Assert.NotEqual(0, (await SinkAsync(run)).GetProperty("refilledRows").GetInt64()));
    }

    [Theory]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    [InlineData("401 unauthorized")]
    [InlineData("413 too large")]
    [InlineData("429 too many requests")]
    [InlineData("500 internal error")]
    [InlineData("503 unavailable")]
    [InlineData("closed without an answer")]
    [InlineData("closed in the middle of the answer")]
    public async Task Influx_EverySecondRequestFails_HasEveryRow(string fault)
    {
        await using var influx = await RecordedReplay.StartInfluxAsync();
        using var http = new HttpClient();
        var requests = 0;
        await using var front = new InfluxDouble
        {
            // A batch is too large for its size; anything else may hit any request.
            Instead = request => (Interlocked.Increment(ref requests) % 2 == 0 && !IsTooLarge(fault)) || (IsTooLarge(fault) && Lines(request).Length > 20)
                ? Fails(fault, () => Forward(http, influx, request))
                : Forward(http, influx, request),
        }.Start();
        await using var run = await BeginAsync(front.Url);
        await AssertEverywhereAsync(run, influx);
        Assert.InRange(requests, 10, int.MaxValue);
    }

    [Fact]
    public async Task Influx_RejectsSomePoints_HasEveryOtherRowAndTheseAreKeptWithTheReason()
    {
        const string Rejected = "detector_flow,intersection=int-0001,detector=d-03,window=60s ";
        await using var influx = await RecordedReplay.StartInfluxAsync();
        using var http = new HttpClient();
        await using var front = new InfluxDouble { Instead = request => Partly(http, influx, request, Rejected) }.Start();
        await using var run = await BeginAsync(front.Url);
        var kept = "";
        await run.AssertAsUndisturbedAsync(undisturbed, async () =>
        {
            var others = undisturbed.InfluxRows.Where(static row => !(row.StartsWith("detector_flow ", StringComparison.Ordinal) && row.Contains("\"detector\":\"d-03\" \"intersection\":\"int-0001\" \"window\":\"60s\"", StringComparison.Ordinal))).ToList();
            Assert.Equal(undisturbed.InfluxRows.Count - 15, others.Count);
            await Eventually.ReachesAsync(async () => FaultRows.Difference(others, await FaultRows.OfInfluxAsync(influx)), FaultRun.Limit);
            kept = await File.ReadAllTextAsync(Directory.GetFiles(run.DataDirectory, "influx-dead-letters.lp", SearchOption.AllDirectories).Single());
        });
        Assert.Equal(15, kept.Split('\n').Where(static line => line.StartsWith(Rejected, StringComparison.Ordinal)).Select(static line => line.Split(' ')[^1]).Distinct().Count());
        Assert.Contains("this test refuses it", kept, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    public async Task Influx_ThirtyPercentOfPacketsLost_HasEveryRow()
    {
        using var network = LossyNetwork.TryCreate();
        Assert.SkipWhen(network is null && !RequiredTools.AreRequired, "a network namespace cannot be made here (needs root, Debian packages iproute2 and nftables)");
        Assert.NotNull(network);
        await using var influx = await DatabaseProcess.TryStartInfluxAsync(network);
        Assert.SkipWhen(influx is null, "influxd is not installed (Debian package influxdb)");
        await influx.PostAsync("/query", "q", "CREATE DATABASE traffic");
        network.Lose(percent: 30);
        await using var run = await BeginAsync(influx.Url, "--Influx:Timeout=30s");
        await run.WhenSentAsync();
        await Eventually.ReachesAsync(async () => await LagAsync(run) == 0 ? null : "not delivered", TimeSpan.FromMinutes(6));
        network.Mend();
        await AssertEverywhereAsync(run, influx);
    }

    private static async Task<FaultRun> BeginAsync(string url, params string[] more)
    {
        var run = new FaultRun([$"--Influx:Url={url}", .. Delivery, .. more]);
        await run.StartUnderLoadAsync();
        return run;
    }

    /// <summary>While the database is away: it is behind, and the embedded store has everything.</summary>
    private async Task AssertOthersAreServedAsync(FaultRun run)
    {
        await run.AssertRowsAsync(undisturbed.Rows);
        Assert.NotEqual(0, await LagAsync(run));
    }

    private async Task AssertEverywhereAsync(FaultRun run, DatabaseProcess influx, Func<Task>? also = null)
    {
        Assert.Equal(52 * 16, undisturbed.InfluxRows.Count);
        await run.AssertAsUndisturbedAsync(undisturbed, async () =>
        {
            await Eventually.ReachesAsync(async () => FaultRows.Difference(undisturbed.InfluxRows, await FaultRows.OfInfluxAsync(influx)), FaultRun.Limit);
            await (also?.Invoke() ?? Task.CompletedTask);
        });
    }

    private static async Task<long> LagAsync(FaultRun run) => (await SinkAsync(run)).GetProperty("lagRecords").GetInt64();

    private static async Task<JsonElement> SinkAsync(FaultRun run)
    {
        using var api = new ServiceApi(run.Service.Http);
        return (await api.GetAsync("api/v1/sinks")).EnumerateArray().Single(static sink => sink.GetProperty("name").GetString() == "influx");
    }

    private static InfluxAnswer? Fails(string fault, Func<InfluxAnswer> answer) => fault switch
    {
        "closed without an answer" => null,
        "closed in the middle of the answer" => answer() with { CloseAfter = 9 },
        _ => InfluxAnswer.Error(int.Parse(fault[..3], CultureInfo.InvariantCulture), "test", fault[4..], "Retry-After: 1"),
    };

    private static bool IsTooLarge(string fault) => fault.StartsWith("413", StringComparison.Ordinal);

    private static string[] Lines(InfluxRequest request) =>
        request.Path == "/write" ? System.Text.Encoding.UTF8.GetString(request.Content()).Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>As InfluxDB answers a batch of which it takes some points only.</summary>
    private static InfluxAnswer Partly(HttpClient http, DatabaseProcess influx, InfluxRequest request, string rejected)
    {
        if (request.Path != "/write")
        {
            return Forward(http, influx, request);
        }

        var lines = Lines(request);
        var good = lines.Where(line => !line.StartsWith(rejected, StringComparison.Ordinal)).ToList();
        var answer = good.Count == 0 ? InfluxAnswer.NoContent : Forward(http, influx, request with
        {
            Body = System.Text.Encoding.UTF8.GetBytes(string.Join('\n', good)),
            Headers = request.Headers.Where(static header => header.Key != "content-encoding").ToDictionary(),
        });
        return good.Count == lines.Length || answer.Status != 204
            ? answer
            : new InfluxAnswer(400, string.Create(CultureInfo.InvariantCulture, $"{{\"error\":\"partial write: this test refuses it dropped={lines.Length - good.Count}\"}}"));
    }

    private static InfluxAnswer Forward(HttpClient http, DatabaseProcess influx, InfluxRequest request)
    {
        var query = string.Join('&', request.Query.Select(static pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), $"{influx.Url}{request.Path}?{query}") { Content = new ByteArrayContent(request.Body) };
        foreach (var name in (string[])["content-encoding", "content-type"])
        {
            if (request.Headers.TryGetValue(name, out var value))
            {
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var answer = http.Send(message);
        using var body = new StreamReader(answer.Content.ReadAsStream());
        return new InfluxAnswer((int)answer.StatusCode, body.ReadToEnd());
    }
}
