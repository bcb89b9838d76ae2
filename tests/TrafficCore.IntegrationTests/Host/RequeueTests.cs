using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TrafficCore.Host.Cli;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>What was rejected comes in after a fix: once, through the same door, on a service that runs.</summary>
public sealed class RequeueTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly long minute = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60 - 5) * 60_000;

    [Fact]
    public async Task Requeue_AfterTheNetworkFileNamesTheDevice_TakesEachPayloadInOnce()
    {
        await using var service = await RunningService.StartWithNetworkAsync(Network("d-1"), "--Network:Open=false");
        await service.PublishAsync("traffic/v1/int-1/detector/d-2", Reading(0));
        await service.PublishAsync("traffic/v1/int-1/detectors", $$"""[{{Reading(0, "d-1")}},{{Reading(1, "d-2")}}]""");
        await service.PublishAsync("traffic/v1/int-1/detector/d-2", "{");
        await QuarantinedAsync(service, 3);

        // Before the fix nothing comes in, and nothing is marked.
        Assert.Equal((0, 3, 0), await RequeueAsync(service, "from=-1h"));
        await File.WriteAllTextAsync(service["network.json"], Network("d-1", "d-2"));
        await Eventually.ReachesAsync(async () => await RequeueAsync(service, "from=-1h&reason=unknown-device") is (2, 0, 0) ? null : "not in force", Deadline);

        Assert.Equal((0, 1, 2), await RequeueAsync(service, "from=-1h"));
        var ledger = await service.GetAsync("api/v1/ledger/int-1/detector/d-2");
        Assert.Equal((2, 0, 0), (ledger.GetProperty("stored").GetInt64(), ledger.GetProperty("duplicate").GetInt64(), ledger.GetProperty("unexplained").GetInt64()));
        var whole = await service.GetAsync("api/v1/ledger");
        Assert.Equal((6, 3, 0), (whole.GetProperty("received").GetInt64(), whole.GetProperty("stored").GetInt64(), whole.GetProperty("unexplained").GetInt64()));
        Assert.Equal(3, (await service.GetAsync("api/v1/quarantine")).GetArrayLength());
    }

    [Fact]
    public async Task Requeue_AcrossARestart_RemembersWhatWasFedBack()
    {
        await using var service = await RunningService.StartWithNetworkAsync(Network("d-1"), "--Network:Open=false");

        // Without a time of its own nothing but the mark tells a repeat.
        await service.PublishAsync("traffic/v1/int-1/detector/d-2", """{"volume":4}""");
        await QuarantinedAsync(service, 1);
        await File.WriteAllTextAsync(service["network.json"], Network("d-1", "d-2"));
        await Eventually.ReachesAsync(async () => await RequeueAsync(service, "from=-1h") is (1, 0, 0) ? null : "not in force", Deadline);

        await service.RestartAsync();

        Assert.Equal((0, 0, 1), await RequeueAsync(service, "from=-1h"));
        Assert.Equal(1, (await service.GetAsync("api/v1/ledger")).GetProperty("stored").GetInt64());
    }

    [Fact]
    public async Task Requeue_TooOldAtItsReceiveTime_IsJudgedByThatTime()
    {
        await using var service = await RunningService.StartAsync("--Ingest:MaxAge=1m");
        await service.PublishAsync("traffic/v1/int-1/detector/d", """{"volume":1}""");
        await service.PublishAsync("traffic/v1/int-1/detector/d", Reading(0));
        await QuarantinedAsync(service, 1);

        Assert.Equal((0, 1, 0), await RequeueAsync(service, "from=-1h&reason=too-old"));
        var metrics = await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        Assert.Contains("trafficcore_ingress_rejected_total{reason=\"too-old\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requeue_ByTheProgram_TellsWhatBecameOfIt()
    {
        await using var service = await RunningService.StartAsync();
        await service.PublishAsync("traffic/v1/int-1/detector/d", "{");
        await QuarantinedAsync(service, 1);
        var http = $"--http=http://127.0.0.1:{service.Service.Http.Port}";
        using var output = new StringWriter();
        using var error = new StringWriter();

        Assert.Equal(ExitCodes.Done, await CommandLine.RunAsync(["requeue", http, "--from=-1h"], output, error));
        Assert.Equal("requeued 0, refused again 1, requeued before 0", output.ToString().Trim());
        Assert.Equal(ExitCodes.Usage, await CommandLine.RunAsync(["requeue", http, "--from=-1h", "--reason=none-such"], output, error));
        Assert.Contains("none-such", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, await CommandLine.RunAsync(["requeue", "--http=http://127.0.0.1:9", "--from=-1h"], output, error));
        Assert.Equal(ExitCodes.Usage, await CommandLine.RunAsync(["requeue", "--http=ftp://x", "--from=-1h"], output, error));
    }

    [Fact]
    public async Task Requeue_WithoutFrom_IsRefused()
    {
        await using var service = await RunningService.StartAsync();
        using var answer = await service.Http.PostAsync(new Uri("api/v1/quarantine/requeue", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("from", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sinks_TellTheirLag_AndClocksTheWorst()
    {
        await using var service = await RunningService.StartAsync("--Influx:Url=http://127.0.0.1:9", "--Influx:MaxBacklog=1048576", "--Windows:IdleTimeout=1s", "--Stop:Flush=1s");
        await service.PublishAsync("traffic/v1/int-1/detector/d", $$"""{"ts":{{minute}},"volume":1,"interval":1000}""");
        await Eventually.ReachesAsync(
            async () => (await service.GetAsync("api/v1/sinks")).EnumerateArray().Single(s => s.GetProperty("name").GetString() == "influx") is var influx
                && influx.GetProperty("lagRecords").GetInt64() > 0 && influx.TryGetProperty("trouble", out _) ? null : influx.GetRawText(),
            Deadline);

        var sinks = (await service.GetAsync("api/v1/sinks")).EnumerateArray().ToDictionary(s => s.GetProperty("name").GetString()!);
        Assert.Equal(1_048_576, sinks["influx"].GetProperty("maxBacklog").GetInt64());
        Assert.True(sinks["influx"].GetProperty("lagBytes").GetInt64() > 0);
        Assert.True(sinks["sqlite"].GetProperty("maxBacklog").GetInt64() > 1_048_576);
        Assert.False(sinks["sqlite"].TryGetProperty("trouble", out _));
        Assert.Equal("""{"serviceAlarm":false,"estimated":0,"alarms":0,"devices":[]}""", await service.Http.GetStringAsync(new Uri("api/v1/clocks", UriKind.Relative)));
    }

    private static string Network(params string[] detectors) => JsonSerializer.Serialize(new
    {
        city = "t",
        intersections = new[] { new { id = "int-1", approaches = new[] { new { id = "n", detectors = detectors.Select(d => new { id = d, functions = (string[])["count"] }) } } } },
    });

    private static async Task<(long Requeued, long Refused, long Before)> RequeueAsync(RunningService service, string query)
    {
        using var answer = await service.Http.PostAsync(new Uri("api/v1/quarantine/requeue?" + query, UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
        var result = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (result.GetProperty("requeued").GetInt64(), result.GetProperty("refused").GetInt64(), result.GetProperty("before").GetInt64());
    }

    private static Task QuarantinedAsync(RunningService service, int count) => Eventually.ReachesAsync(
        async () => (await service.GetAsync("api/v1/quarantine")).GetArrayLength() is var found && found == count ? null : $"{found} of {count}", Deadline);

    private string Reading(int after, string? detector = null) =>
        $$"""{"ts":{{minute + (after * 60_000)}},"interval":60000,{{(detector is null ? "" : $"\"detector\":\"{detector}\",")}}"volume":1}""";
}
