using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Upstream;

/// <summary>The service in this process, with mosquitto as the broker of its devices and boards.</summary>
public sealed class UpstreamServiceTests : IAsyncLifetime
{
    private const string Detector = "traffic/v1/int-1/detector/d-1";
    private const string BoardTopic = "traffic/v1/int-1/board/b-1/";

    private const string Network = """
        { "city": "test", "intersections": [ { "id": "int-1", "name": "First", "lon": 114.3, "lat": 29.8,
          "approaches": [ { "id": "n", "freeFlowSpeed": 50, "detectors": [ { "id": "d-1", "functions": ["count"], "interval": 1000 } ] } ],
          "boards": [ { "id": "b-1", "lines": 2, "characters": 12, "pages": 1, "watches": [] } ] } ] }
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private MosquittoServer broker = null!;
    private long lastSecond;

    public async ValueTask InitializeAsync()
    {
        var server = await MosquittoServer.TryStartPersistentAsync();
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        broker = server;
    }

    public async ValueTask DisposeAsync()
    {
        if (broker is not null)
        {
            await broker.DisposeAsync();
        }
    }

    [Fact]
    public async Task Boards_BehindTheBroker_ObeyAndAreHeardAndAreToldAgainWhenItHasForgotten()
    {
        await using var service = await RunningService.StartWithNetworkAsync(
            Network,
            $"--Mqtt:Upstream=mqtt://127.0.0.1:{broker.Port}", "--Mqtt:Listen=false", "--Windows:Length=2s,60s", "--Windows:IdleTimeout=1s",
            "--Boards:Rules:0:Name=slow", "--Boards:Rules:0:Window=2s", "--Boards:Rules:0:EnterWindows=1", "--Boards:Rules:0:ExitWindows=1",
            "--Boards:Rules:0:MinimumOn=1s", "--Boards:Rules:0:MinimumOff=1s", "--Boards:Rules:0:Expiry=2m", "--Boards:Rules:0:Steps:0:Name=slow",
            "--Boards:Rules:0:Steps:0:When:SpeedRatio:Enter=0.5", "--Boards:Rules:0:Steps:0:When:SpeedRatio:Exit=0.7", "--Boards:Rules:0:Steps:0:Text:0=SLOW");
        await WhenReadyAsync(service.Http.BaseAddress!);
        JsonElement warning;
        await using (var device = await ConnectAsync("device"))
        await using (var board = await ConnectAsync("board"))
        {
            await board.SubscribeAsync(BoardTopic + "message");
            warning = await ReceiveAsync(board, m => m.GetProperty("multi").GetString()!.Contains("SLOW", StringComparison.Ordinal), () => DriveAsync(device));
            var status = $$"""{"id":"{{warning.GetProperty("id").GetString()}}","state":"shown","ts":1}""";
            await board.PublishAsync(new MqttPublication(BoardTopic + "status", Encoding.UTF8.GetBytes(status), Retain: true));
            await Eventually.ReachesAsync(
                async () => await DeliveryAsync(service) is var delivery && delivery == "confirmed" ? null : delivery, Limit);
        }

        // SIGKILL: session and retained messages are gone with the broker's memory.
        await broker.KillAsync();
        await broker.StartAsync();
        await using var after = await ConnectAsync("board");
        await after.SubscribeAsync(BoardTopic + "message");
        var again = await ReceiveAsync(after, _ => true, () => Task.CompletedTask);
        Assert.Equal(warning.GetProperty("id").GetString(), again.GetProperty("id").GetString());
    }

    /// <summary>The delivery that the API tells; a message can be on the wire a moment before the API knows its board.</summary>
    private static async Task<string> DeliveryAsync(RunningService service)
    {
        using var answer = await service.Http.GetAsync(new Uri("api/v1/boards/int-1/b-1", UriKind.Relative));
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("delivery").GetString()!
            : answer.StatusCode.ToString();
    }

    [Theory]
    [InlineData("5.0", 0)]
    [InlineData("3.1.1", 1)]
    public async Task Telemetry_RetainedAtTheBroker_IsNotCountedWithEachSubscription(string version, int ignored)
    {
        await using var device = await ConnectAsync("device");
        await device.PublishAsync(Reading(1, retain: true));
        await using var service = await RunningService.StartAsync(
            $"--Mqtt:Upstream=mqtt://127.0.0.1:{broker.Port}", "--Mqtt:Listen=false", $"--Mqtt:UpstreamVersion={version}");
        await WhenReadyAsync(service.Http.BaseAddress!);
        await device.PublishAsync(Reading(2, retain: true));

        // Live, it counts whatever its flag was; from the broker's store, never.
        await Eventually.ReachesAsync(async () => (await ReceivedAsync(service)) >= 1 ? null : "nothing yet", Limit);
        Assert.Contains(
            $"trafficcore_upstream_retained_ignored_total {ignored}", await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
        await service.RestartAsync();
        await WhenReadyAsync(service.Http.BaseAddress!);
        await device.PublishAsync(Reading(3));
        await Eventually.ReachesAsync(async () => (await ReceivedAsync(service)) >= 2 ? null : "nothing yet", Limit);
        Assert.Equal(2, await ReceivedAsync(service));
    }

    [Fact]
    public async Task Payload_ThatIsRefused_IsToldToTheDeviceBehindTheBroker()
    {
        await using var service = await RunningService.StartAsync($"--Mqtt:Upstream=mqtt://127.0.0.1:{broker.Port}", "--Mqtt:Listen=false");
        await WhenReadyAsync(service.Http.BaseAddress!);
        await using var device = await ConnectAsync("device");
        await device.SubscribeAsync(Detector + "/errors");
        await device.PublishAsync(new MqttPublication(Detector, "nonsense"u8.ToArray()));

        var notice = JsonDocument.Parse((await device.Messages.ReadAsync().AsTask().WaitAsync(Limit)).Payload).RootElement;
        Assert.Equal("bad-json", notice.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Broker_Away_IsSaidAndTheServiceServesOn()
    {
        await using var service = await RunningService.StartAsync($"--Mqtt:Upstream=mqtt://me:secret@127.0.0.1:{broker.Port}");
        await using var device = await ConnectAsync("device");
        await Eventually.ReachesAsync(async () => (await ReasonsAsync(service)).Count == 0 ? null : "not connected yet", Limit);
        await device.PublishAsync(Reading(1));
        await Eventually.ReachesAsync(async () => (await ReceivedAsync(service)) == 1 ? null : "nothing yet", Limit);

        await broker.TerminateAsync();
        await Eventually.ReachesAsync(async () => (await ReasonsAsync(service)).Any(r => r.StartsWith("upstream mqtt://me@127.0.0.1", StringComparison.Ordinal)) ? null : "not said yet", Limit);
        Assert.DoesNotContain("secret", string.Join(' ', await ReasonsAsync(service)), StringComparison.Ordinal);
        Assert.Contains("trafficcore_upstream_connected 0", await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(ReasonCode.Success, await service.PublishAsync(Detector, Json(2)));
        await Eventually.ReachesAsync(async () => (await ReceivedAsync(service)) == 2 ? null : "nothing yet", Limit);

        await broker.StartAsync();
        await Eventually.ReachesAsync(async () => (await ReasonsAsync(service)).Count == 0 ? null : "not back yet", Limit);
    }

    [Fact]
    public async Task Broker_ThatIsTheOnlyWayIn_Away_IsNotReady()
    {
        await broker.TerminateAsync();
        await using var service = await RunningService.StartAsync($"--Mqtt:Upstream=mqtt://127.0.0.1:{broker.Port}", "--Mqtt:Listen=false");
        using (var ready = await service.Http.GetAsync(new Uri("health/ready", UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        }

        Assert.Empty((await service.GetAsync("api/v1/intersections")).EnumerateArray());
        await broker.StartAsync();
        await WhenReadyAsync(service.Http.BaseAddress!);
    }

    [Theory]
    [InlineData("mqtts")]
    [InlineData("wss")]
    public async Task Broker_BehindTls_IsTrustedByTheConfiguredAuthority(string scheme)
    {
        using var certificates = new CertificateFiles();
        var (certificate, key) = certificates.Issue("127.0.0.1", isServer: true);
        string[] listener = [$"cafile {certificates.Authority}", $"certfile {certificate}", $"keyfile {key}"];
        await using var secure = await MosquittoServer.TryStartPersistentAsync(scheme == "wss" ? ["protocol websockets", .. listener] : listener);
        string[] upstream = [$"--Mqtt:Upstream={scheme}://127.0.0.1:{secure!.Port}", "--Mqtt:Listen=false"];
        await using var trusting = await RunningService.StartAsync([.. upstream, $"--Mqtt:UpstreamCaFile={certificates.Authority}"]);
        await WhenReadyAsync(trusting.Http.BaseAddress!);
        await using var other = await RunningService.StartAsync(upstream);
        await Eventually.ReachesAsync(
            async () =>
            {
                using var answer = await other.Http.GetAsync(new Uri("health/ready", UriKind.Relative));
                return (await answer.Content.ReadAsStringAsync()) is var text && text.Contains("certificate", StringComparison.OrdinalIgnoreCase) ? null : text;
            },
            Limit);
    }

    [Fact]
    public async Task Configuration_Changed_EndsWhatTheOldOneSubscribed()
    {
        string[] upstream = [$"--Mqtt:Upstream=mqtt://127.0.0.1:{broker.Port}", "--Mqtt:Listen=false"];
        using var directory = new TemporaryDirectory();
        await using (var first = await ServiceProcess.StartAsync(directory.FullName, upstream))
        {
            await WhenReadyAsync(first.Http);
        }

        await using var second = await ServiceProcess.StartAsync(directory.FullName, [.. upstream, "--Mqtt:UpstreamShare=standby"]);
        await WhenReadyAsync(second.Http);
        await Eventually.ReachesAsync(() => Task.FromResult(second.Output.Contains("ended the subscription traffic/v1/+/parking/+", StringComparison.Ordinal) ? null : second.Output), Limit);
        await using var device = await ConnectAsync("device");
        await device.PublishAsync(Reading(1));
        using var api = new ServiceApi(second.Http);
        await Eventually.ReachesAsync(async () => (await api.LedgerAsync()).GetProperty("received").GetInt64() is var n && n == 1 ? null : $"{n} received", Limit);
    }

    private static string Json(int second) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"ts\":{(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 100 + second) * 1000},\"interval\":1000,\"volume\":1}}");

    private static MqttPublication Reading(int second, bool retain = false) => new(Detector, Encoding.UTF8.GetBytes(Json(second)), Retain: retain);

    private static async Task<long> ReceivedAsync(RunningService service) => (await service.GetAsync("api/v1/ledger")).GetProperty("received").GetInt64();

    private static async Task<List<string>> ReasonsAsync(RunningService service) =>
        [.. (await service.GetAsync("health/ready")).GetProperty("reasons").EnumerateArray().Select(r => r.GetString()!)];

    private static async Task WhenReadyAsync(Uri service)
    {
        using var api = new ServiceApi(service);
        await api.WhenReadyAsync(Limit);
    }

    private Task<MqttClient> ConnectAsync(string id) =>
        MqttClient.ConnectAsync(new MqttClientOptions { Host = "127.0.0.1", Port = broker.Port, ClientId = id }).WaitAsync(Limit);

    private static async Task<JsonElement> ReceiveAsync(MqttClient board, Func<JsonElement, bool> wanted, Func<Task> drive)
    {
        JsonElement? found = null;
        await Eventually.ReachesAsync(
            async () =>
            {
                await drive();
                while (found is null && board.Messages.TryRead(out var message))
                {
                    var json = JsonDocument.Parse(message.Payload).RootElement;
                    found = wanted(json) ? json : null;
                }

                return found is null ? "no such message yet" : null;
            },
            Limit);
        return found!.Value;
    }

    /// <summary>A slow reading for each second that has passed.</summary>
    private async Task DriveAsync(MqttClient device)
    {
        var second = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 1;
        if (second > lastSecond)
        {
            lastSecond = second;
            await device.PublishAsync(new MqttPublication(Detector, Encoding.UTF8.GetBytes($"{{\"ts\":{second * 1000},\"volume\":2,\"occupancy\":20,\"speed\":15}}")));
        }
    }
}
