using System.Globalization;
using System.Text;
using System.Text.Json;
using TrafficCore.Mqtt.Client;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Simulators;

/// <summary>The simulator program against somebody else's broker.</summary>
public sealed class SimulatorsOnMosquittoTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private MosquittoServer? server;

    public async ValueTask InitializeAsync() => server = await MosquittoServer.TryStartAsync();

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Replay_File_ArrivesInOrderWithItsDuplicates()
    {
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        using var directory = new TemporaryDirectory();
        await File.WriteAllLinesAsync(
            directory["events.csv"],
            ["TimeStamp,DeviceId,EventId,Parameter", "2024-04-15T12:00:02,7,82,1", "2024-04-15T12:00:00,7,82,3", "2024-04-15T12:00:00,7,82,3", "2024-04-15T12:00:01,9,1,2"]);
        await using var subscriber = await SubscribeAsync("traffic/v1/+/controller/+/events");

        var (exit, report) = await SimulatorProgram.RunAsync("replay", directory["events.csv"], "--format", "indiana", "--broker", Broker, "--json");

        Assert.Equal((0, 4, 3, 0), (exit, report.GetProperty("events").GetInt32(), report.GetProperty("acknowledged").GetInt32(), report.GetProperty("lost").GetInt32()));
        var seven = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var message = await subscriber.Messages.ReadAsync().AsTask().WaitAsync(Limit);
            if (message.Topic == "traffic/v1/7/controller/7/events")
            {
                seven.Add(Encoding.UTF8.GetString(message.Payload.Span));
            }
        }

        Assert.Equal(
            ["{\"seq\":1,\"events\":[[1713182400000,82,3],[1713182400000,82,3]]}", "{\"seq\":2,\"events\":[[1713182402000,82,1]]}"],
            seven);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task Load_Short_SendsAllWithIncreasingTimesPerDevice(string qos)
    {
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        await using var subscriber = await SubscribeAsync("traffic/v1/+/detector/+");

        var (exit, report) = await SimulatorProgram.RunAsync("load", "--broker", Broker, "--rate", "2000", "--connections", "20", "--count", "1000", "--qos", qos, "--json");

        Assert.True(exit == 0, report.ToString());
        Assert.Equal(1000, report.GetProperty("sent").GetInt64());
        Assert.Equal(qos == "1" ? 1000 : 0, report.GetProperty("acknowledged").GetInt64());
        var last = new Dictionary<string, long>();
        for (var i = 0; i < 1000; i++)
        {
            var message = await subscriber.Messages.ReadAsync().AsTask().WaitAsync(Limit);
            using var reading = JsonDocument.Parse(message.Payload);
            var timestamp = reading.RootElement.GetProperty("ts").GetInt64();
            Assert.True(timestamp > last.GetValueOrDefault(message.Topic), message.Topic);
            last[message.Topic] = timestamp;
        }

        Assert.Equal(20, last.Count);
    }

    [Fact]
    public async Task Replay_BrokerRestarts_ComesBackAndLosesNothing()
    {
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        using var directory = new TemporaryDirectory();
        var rows = Enumerable.Range(0, 40).Select(static i => $"2024-04-15T12:00:{i:00},7,82,{i}");
        await File.WriteAllLinesAsync(directory["events.csv"], ["TimeStamp,DeviceId,EventId,Parameter", .. rows]);
        var watcher = await SubscribeAsync("#");

        var replay = SimulatorProgram.RunAsync("replay", directory["events.csv"], "--format", "indiana", "--speed", "20", "--broker", Broker, "--json");
        await watcher.Messages.ReadAsync().AsTask().WaitAsync(Limit);
        await server!.KillAsync();
        await server.StartAsync();
        var (exit, report) = await replay.WaitAsync(Limit);

        Assert.True(exit == 0, report.ToString());
        Assert.Equal((40, 1), (report.GetProperty("acknowledged").GetInt32(), report.GetProperty("reconnects").GetInt32()));
        await watcher.DisposeAsync();
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(2, 1)]
    public async Task Replay_Qos_IsThatOfTheMessagesAndOfTheReport(int qos, int? acknowledged)
    {
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        using var directory = new TemporaryDirectory();
        await File.WriteAllLinesAsync(directory["events.csv"], ["TimeStamp,DeviceId,EventId,Parameter", "2024-04-15T12:00:02,7,82,1"]);
        await using var subscriber = await SubscribeAsync("traffic/v1/+/controller/+/events");

        var (exit, report) = await SimulatorProgram.RunAsync(
            "replay", directory["events.csv"], "--format", "indiana", "--broker", Broker, "--qos", qos.ToString(CultureInfo.InvariantCulture), "--json");

        Assert.Equal((0, 0), (exit, report.GetProperty("lost").GetInt32()));
        Assert.Equal(acknowledged, report.TryGetProperty("acknowledged", out var answered) && answered.ValueKind == JsonValueKind.Number ? answered.GetInt32() : null);
        Assert.Equal(Math.Min(qos, 1), (int)(await subscriber.Messages.ReadAsync().AsTask().WaitAsync(Limit)).QoS);
    }

    [Fact]
    public async Task City_BrokerRestarts_ComesBackAndLosesNothing()
    {
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        var watcher = await SubscribeAsync("traffic/v1/+/detector/+");

        var city = SimulatorProgram.RunAsync("city", "--broker", Broker, "--intersections", "2", "--interval", "1s", "--duration", "6s", "--warm-up", "0s", "--board-every", "0", "--json");
        await watcher.Messages.ReadAsync().AsTask().WaitAsync(Limit);
        await server!.KillAsync();
        await server.StartAsync();
        var (exit, report) = await city.WaitAsync(Limit);

        Assert.True(exit == 0, report.ToString());
        Assert.Equal((288, 288, 0), (report.GetProperty("sent").GetInt64(), report.GetProperty("acknowledged").GetInt64(), report.GetProperty("lost").GetInt64()));
        Assert.InRange(report.GetProperty("reconnects").GetInt32(), 1, 4);
        await watcher.DisposeAsync();
    }

    [Fact]
    public async Task City_PerDevice_SaysOnlineAndOffline()
    {
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        await using var watcher = await SubscribeAsync("traffic/v1/+/+/+/state");

        var (exit, report) = await SimulatorProgram.RunAsync(
            "city", "--broker", Broker, "--intersections", "1", "--interval", "1s", "--duration", "2s", "--warm-up", "0s", "--report", "both", "--connections", "per-device", "--json");

        // 24 detectors and the controller; the board has a connection of its own.
        Assert.True(exit == 0, report.ToString());
        Assert.Equal((25, 1), (report.GetProperty("connections").GetInt32(), report.GetProperty("boards").GetInt32()));
        var states = new Dictionary<string, string>();
        while (states.Count < 26 || states.Values.Any(static s => s == "online"))
        {
            var message = await watcher.Messages.ReadAsync().AsTask().WaitAsync(Limit);
            states[message.Topic] = Encoding.UTF8.GetString(message.Payload.Span);
        }

        Assert.All(states.Values, static s => Assert.Equal("offline", s));
        Assert.Contains("traffic/v1/int-0001/controller/c-1/state", states.Keys);
        Assert.Contains("traffic/v1/int-0001/board/b-1/state", states.Keys);
    }

    [Fact]
    public async Task City_Grouped_SendsOneMessageForAnIntersection()
    {
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        await using var subscriber = await SubscribeAsync("traffic/v1/+/detectors");

        var (exit, report) = await SimulatorProgram.RunAsync(
            "city", "--broker", Broker, "--intersections", "3", "--interval", "1s", "--duration", "2s", "--warm-up", "0s", "--messages", "intersection", "--connections", "per-intersection", "--qos", "0", "--json");

        Assert.True(exit == 0, report.ToString());
        Assert.Equal((3, 6), (report.GetProperty("connections").GetInt32(), report.GetProperty("sent").GetInt32()));
        for (var i = 0; i < 6; i++)
        {
            var message = await subscriber.Messages.ReadAsync().AsTask().WaitAsync(Limit);
            using var readings = JsonDocument.Parse(message.Payload);
            Assert.Equal(24, readings.RootElement.GetArrayLength());
        }
    }

    private string Broker => $"mqtt://127.0.0.1:{server!.Port}";

    private async Task<MqttClient> SubscribeAsync(string filter)
    {
        var client = await MqttClient.ConnectAsync(new MqttClientOptions { Host = "127.0.0.1", Port = server!.Port, ClientId = "watcher" });
        await client.SubscribeAsync(filter);
        return client;
    }
}
