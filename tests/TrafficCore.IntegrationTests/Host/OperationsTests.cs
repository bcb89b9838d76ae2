using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Security;
using TrafficCore.Host.Security.Audit;
using TrafficCore.Host.Security.Http;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

public sealed class OperationsTests
{
    [Fact]
    public async Task Metrics_AreTextWithTheMetersOfEveryRoom()
    {
        await using var service = await RunningService.StartAsync();
        await service.PublishAsync("traffic/v1/int-1/detector/d", """{"volume":1,"interval":1000}""");
        using var answer = await service.Http.GetAsync(new Uri("metrics", UriKind.Relative));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var text = await answer.Content.ReadAsStringAsync();
        string[] rooms = ["broker", "log", "pipeline", "storage", "ingress"];
        Assert.All(rooms, room => Assert.Contains($"\ntrafficcore_{room}_", text, StringComparison.Ordinal));
        Assert.Contains("\ndotnet_gc_", text, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_process_cpu_time_seconds_total", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^(# (HELP|TYPE) \S+ ?.*|[a-zA-Z_][a-zA-Z0-9_]*(\{.*\})? \S+)$", line));
    }

    [Fact]
    public async Task Health_RunningService_IsLiveAndReady()
    {
        await using var service = await RunningService.StartAsync();
        Assert.Equal("live", (await service.GetAsync("health/live")).GetProperty("status").GetString());
        Assert.Equal("ready", (await service.GetAsync("health/ready")).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    public async Task Health_AskedWithHead_AnswersWithoutABody(string path)
    {
        await using var service = await RunningService.StartAsync();
        using var question = new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative));
        using var answer = await service.Http.SendAsync(question);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task OpenApi_DescribesEveryRouteAndItsRows()
    {
        await using var service = await RunningService.StartAsync();
        var document = await service.GetAsync("openapi/v1.json");
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = document.GetProperty("paths").EnumerateObject().Select(p => p.Name.TrimEnd('/')).ToHashSet(StringComparer.Ordinal);
        string[] expected =
        [
            "/api/v1/intersections", "/api/v1/intersections/{id}/flow", "/api/v1/intersections/{id}/approaches/{approach}/flow",
            "/api/v1/intersections/{id}/detectors/{detector}/flow", "/api/v1/intersections/{id}/environment/{sensor}",
            "/api/v1/intersections/{id}/parking/{parking}", "/api/v1/boards", "/api/v1/boards/{intersection}/{board}",
            "/api/v1/quarantine", "/api/v1/ledger", "/api/v1/ledger/{intersection}/{kind}/{device}", "/health/live", "/health/ready", "/metrics",
        ];
        Assert.Empty(expected.Except(paths));
        var row = document.GetProperty("components").GetProperty("schemas").GetProperty("FlowRowAnswer").GetProperty("properties");
        Assert.All(["start", "volume", "flowRate", "occupancy", "speed", "levelOfService", "coverage", "revision", "health"], name => Assert.True(row.TryGetProperty(name, out _), name));
        var weather = document.GetProperty("components").GetProperty("schemas").GetProperty("EnvironmentRowAnswer").GetProperty("properties");
        Assert.Equal(["time", "rain", "waterLevel", "visibility", "temperature"], weather.EnumerateObject().Select(property => property.Name));
        Assert.Equal("array", document.GetProperty("components").GetProperty("schemas").GetProperty("ParkingAnswer").GetProperty("properties").GetProperty("rows").GetProperty("type").GetString());
        Assert.Equal("array", document.GetProperty("components").GetProperty("schemas").GetProperty("FlowSeriesAnswer").GetProperty("properties").GetProperty("rows").GetProperty("type").GetString());
    }

    [Fact]
    public async Task HttpRequest_InlineSocketCompletions_RunsOnTheThreadPool()
    {
        using var data = new TemporaryDirectory();
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build();
        await using var platform = ServicePlatform.Create(configuration, TimeProvider.System, logging => logging.ClearProviders());
        Func<IPEndPoint> endpoint = null!;
        var (settings, _) = ServiceSettings.Bind(configuration);
        await using var security = new SecurityService(settings.Security, null, TimeProvider.System, platform);
        using var audit = new AuditLog(data["audit"], settings.Security.AuditKeep, TimeProvider.System, platform.Logger<AuditLog>());
        await using var app = HttpService.Build(
            new HttpSettings { Port = 0 }, platform, services => services.AddHttpSecurity(settings, security, audit), listen => endpoint = () => listen.IPEndPoint!);
        app.MapGet("/thread", async (HttpContext context) =>
        {
            var before = Thread.CurrentThread.IsThreadPoolThread;
            await context.Response.WriteAsync(new string(' ', 1 << 20));
            await context.Response.Body.FlushAsync();
            await context.Response.WriteAsync($"{before} {Thread.CurrentThread.IsThreadPoolThread}");
        });
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{endpoint()}/") };
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("True True", (await http.GetStringAsync(new Uri("thread", UriKind.Relative))).Trim());
        }

        await app.StopAsync();
    }

    [Fact]
    public async Task Stop_InfluxDoesNotAnswer_IsBoundedAndTheServiceStaysReady()
    {
        // Nobody listens on the discard port of this machine: every attempt is refused.
        await using var service = await RunningService.StartAsync("--Influx:Url=http://127.0.0.1:9", "--Stop:Flush=1s", "--Windows:IdleTimeout=1s");
        var past = TimeProvider.System.GetUtcNow().AddMinutes(-3).ToUnixTimeMilliseconds();
        await service.PublishAsync("traffic/v1/int-1/detector/d", $$"""{"ts":{{past}},"volume":1,"interval":1000}""");
        await Eventually.ReachesAsync(
            async () => (await service.GetAsync("health/ready")).GetProperty("reasons").EnumerateArray().Any(r => r.GetString()!.Contains("influx", StringComparison.Ordinal)) ? null : "no warning",
            TimeSpan.FromSeconds(30));

        // Each sink reads the output by itself: that InfluxDB was tried does not mean that SQLite has committed.
        await Eventually.ReachesAsync(async () => (await service.RowsAsync("int-1/flow?from=-5m")).Count > 0 ? null : "no row", TimeSpan.FromSeconds(30));
        Assert.Equal("ready", (await service.GetAsync("health/ready")).GetProperty("status").GetString());
        await service.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Answers_WhileRequestsAreMany_AreWholeJson()
    {
        await using var service = await RunningService.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => service.GetAsync("api/v1/ledger")));
        Assert.All(answers, a => Assert.Equal(JsonValueKind.Object, a.ValueKind));
    }
}
