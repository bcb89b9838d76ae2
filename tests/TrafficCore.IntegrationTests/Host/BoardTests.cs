using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

public sealed class BoardTests : IAsyncLifetime
{
    private const string Network = """
        { "city": "test", "timeZone": "Asia/Shanghai", "intersections": [ { "id": "int-1", "name": "First", "lon": 114.3, "lat": 29.8,
          "approaches": [ { "id": "n", "freeFlowSpeed": 50, "detectors": [ { "id": "d-1", "functions": ["count"], "interval": 1000 } ] } ],
          "boards": [ { "id": "b-1", "lines": 2, "characters": 12, "pages": 1, "watches": [] } ] } ] }
        """;

    private const string Step = "Boards:Rules:0:Steps:0";
    private const string Message = "traffic/v1/int-1/board/b-1/message";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private RunningService service = null!;
    private MqttClient device = null!;
    private long lastSecond;

    public async ValueTask InitializeAsync()
    {
        service = await RunningService.StartWithNetworkAsync(
            Network,
            "--Windows:Length=2s,60s", "--Windows:IdleTimeout=1s", "--Boards:Rules:0:Name=traffic", "--Boards:Rules:0:Window=2s", "--Boards:Rules:0:MinimumOn=1s",
            "--Boards:Rules:0:MinimumOff=1s", "--Boards:Rules:0:Expiry=8s", $"--{Step}:Name=slow", $"--{Step}:When:SpeedRatio:Enter=0.5", $"--{Step}:When:SpeedRatio:Exit=0.7",
            $"--{Step}:Text:0=SLOW TRAFFIC AHEAD|SLOW AHEAD", $"--{Step}:Text:1=[{{approach}}]");
        device = await service.ConnectAsync("device");
    }

    public async ValueTask DisposeAsync()
    {
        await device.DisposeAsync();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task Board_TrafficSlowsAndRecovers_WarnsWithItsReasonAndClears()
    {
        await using var board = await service.ConnectAsync("board");
        await board.SubscribeAsync(Message);
        await ReceiveAsync(board, m => Multi(m).Length == 0, speed: null);

        var warning = await ReceiveAsync(board, m => Multi(m).Length > 0, speed: 15);
        Assert.Equal("[jp3][jl3]SLOW AHEAD[nl][[n]]", Multi(warning));
        Assert.True(warning.GetProperty("expires").GetInt64() > TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var because = warning.GetProperty("reason").GetProperty("because");
        Assert.Equal(("traffic", "int-1/n", 0.3, "2s"), (warning.GetProperty("reason").GetProperty("rule").GetString(), because.GetProperty("approach").GetString(), because.GetProperty("value").GetDouble(), because.GetProperty("window").GetString()));

        // A board that connects later finds the message retained; what it answers is shown.
        await using var late = await service.ConnectAsync("late");
        await late.SubscribeAsync(Message);
        var retained = await ReceiveAsync(late, _ => true, speed: 15);
        Assert.Equal(Id(warning), Id(retained));
        await late.PublishAsync(Status($$"""{"id":"{{Id(warning)}}","state":"shown","multi":"{{Multi(warning)}}","ts":1}"""));
        await Eventually.ReachesAsync(
            async () =>
            {
                await DriveAsync(15);
                return (await BoardAsync()).GetProperty("delivery").GetString() is var delivery && delivery == "confirmed" ? null : delivery;
            },
            Deadline);
        var shown = await BoardAsync();
        Assert.Equal(("traffic", "shown"), (shown.GetProperty("reason").GetProperty("rule").GetString(), shown.GetProperty("status").GetProperty("state").GetString()));
        Assert.True(shown.TryGetProperty("since", out _));
        Assert.StartsWith("rule traffic/slow (version 1)", shown.GetProperty("why").GetString(), StringComparison.Ordinal);

        var cleared = await ReceiveAsync(board, m => Multi(m).Length == 0, speed: 49);
        Assert.Equal("cleared", cleared.GetProperty("reason").GetProperty("because").GetProperty("event").GetString());
        await AssertHistoryAsync(Id(warning)!, Id(cleared)!);
        Assert.Contains("trafficcore_boards_messages_total", await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Board_InputsStop_IsBlankAtTheExpiry()
    {
        await using var board = await service.ConnectAsync("board");
        await board.SubscribeAsync(Message);
        var warning = await ReceiveAsync(board, m => Multi(m).Length > 0, speed: 10);
        var blank = await ReceiveAsync(board, m => Multi(m).Length == 0, speed: null);
        Assert.Equal("expired", blank.GetProperty("reason").GetProperty("because").GetProperty("event").GetString());
        Assert.NotEqual(Id(warning), Id(blank));
    }

    [Fact]
    public async Task Board_ServiceRestartsBetweenTheThresholds_KeepsItsMessage()
    {
        await using (var board = await service.ConnectAsync("board"))
        {
            await board.SubscribeAsync(Message);
            Assert.NotEqual("", Multi(await ReceiveAsync(board, m => Multi(m).Length > 0, speed: 15)));
        }

        // 30 km/h is a ratio of 0.6: it would not start the message, and upholds it.
        await Eventually.ReachesAsync(
            async () =>
            {
                await DriveAsync(30);
                return (await BoardAsync()).GetProperty("reason").GetProperty("because").GetProperty("value").GetDouble() is var ratio && ratio > 0.55 ? null : $"ratio {ratio}";
            },
            Deadline);
        var before = await BoardAsync();
        await device.DisposeAsync();
        await service.RestartAsync();
        device = await service.ConnectAsync("device");

        await using var after = await service.ConnectAsync("board");
        await after.SubscribeAsync(Message);
        var first = await ReceiveAsync(after, _ => true, speed: 30);
        Assert.Equal((before.GetProperty("messageId").GetString(), before.GetProperty("multi").GetString()), (Id(first), Multi(first)));
        Assert.Equal(before.GetProperty("since").GetString(), (await BoardAsync()).GetProperty("since").GetString());
        var renewed = await ReceiveAsync(after, _ => true, speed: 30);
        Assert.Equal(Id(first), Id(renewed));
    }

    [Fact]
    public async Task NetworkFile_Changes_AppliesLiveAndRefusesNonsense()
    {
        await Eventually.ReachesAsync(async () => (await service.GetAsync("api/v1/boards")).GetArrayLength() == 1 ? null : "no board", Deadline);
        await File.WriteAllTextAsync(service["network.json"], Network.Replace("b-1", "b-2", StringComparison.Ordinal));
        await Eventually.ReachesAsync(
            async () => (await service.GetAsync("api/v1/boards")).EnumerateArray().Select(b => b.GetProperty("board").GetString()).SingleOrDefault() == "b-2" ? null : "not yet", Deadline);

        await File.WriteAllTextAsync(service["network.json"], "{ nonsense");
        await Eventually.ReachesAsync(
            async () => (await service.GetAsync("health/ready")).GetProperty("reasons").EnumerateArray().Any(r => r.GetString()!.Contains("network file refused", StringComparison.Ordinal)) ? null : "not yet", Deadline);
        Assert.Equal(1, (await service.GetAsync("api/v1/boards")).GetArrayLength());
        var listed = Assert.Single((await service.GetAsync("api/v1/intersections")).EnumerateArray());
        Assert.Equal(("First", 114.3, false), (listed.GetProperty("name").GetString(), listed.GetProperty("lon").GetDouble(), listed.GetProperty("learnt").GetBoolean()));
    }

    private Task AssertHistoryAsync(string warning, string cleared) => Eventually.ReachesAsync(
        async () =>
        {
            var history = (await service.GetAsync("api/v1/boards/int-1/b-1/messages")).EnumerateArray().ToList();
            var ids = history.Select(Id).ToList();
            if (!ids.Contains(warning) || !ids.Contains(cleared))
            {
                return $"history has {string.Join(", ", ids)}";
            }

            var begun = history[ids.IndexOf(warning)];
            Assert.Equal(("commanded", 8), (begun.GetProperty("state").GetString(), begun.GetProperty("priority").GetInt32()));
            Assert.Equal(2, begun.GetProperty("reason").GetProperty("because").GetProperty("windows").GetArrayLength());
            Assert.Equal("shown", Assert.Single((await service.GetAsync("api/v1/boards/int-1/b-1/statuses")).EnumerateArray()).GetProperty("state").GetString());
            return null;
        },
        Deadline);

    private static string Multi(JsonElement message) => message.GetProperty("multi").GetString()!;

    private static string? Id(JsonElement message) => message.GetProperty("id").GetString();

    private static MqttPublication Status(string json) => new("traffic/v1/int-1/board/b-1/status", Encoding.UTF8.GetBytes(json), Retain: true);

    private Task<JsonElement> BoardAsync() => service.Http.GetFromJsonAsync<JsonElement>("api/v1/boards/int-1/b-1");

    /// <summary>The first message of a kind, while the detector reports this speed every second; no speed: it is silent.</summary>
    private async Task<JsonElement> ReceiveAsync(MqttClient board, Func<JsonElement, bool> wanted, double? speed)
    {
        JsonElement? found = null;
        await Eventually.ReachesAsync(
            async () =>
            {
                await DriveAsync(speed);
                while (board.Messages.TryRead(out var message))
                {
                    var json = JsonDocument.Parse(message.Payload).RootElement;
                    if (wanted(json))
                    {
                        found = json;
                        return null;
                    }
                }

                return "no such message yet";
            },
            Deadline);
        return found!.Value;
    }

    private async Task DriveAsync(double? speed)
    {
        var second = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 1;
        if (speed is null || second <= lastSecond)
        {
            return;
        }

        lastSecond = second;
        var reading = string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{second * 1000},\"volume\":2,\"occupancy\":20,\"speed\":{speed}}}");
        Assert.Equal(ReasonCode.Success, await device.PublishAsync(new MqttPublication("traffic/v1/int-1/detector/d-1", Encoding.UTF8.GetBytes(reading))));
    }
}
