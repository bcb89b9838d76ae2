using System.Diagnostics;
using System.Globalization;
using System.Text;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>What a client does beyond its limits is its own trouble.</summary>
public sealed class NeighbourTests
{
    private const int Good = 50;
    private const int Publishes = 20;
    private const int Rounds = 7;

    // A commit every 5 ms and the scheduler of a busy machine: below this a ratio measures the machine.
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task Puback_BesideAFloodAndASlowReader_StaysWithinThreeTimesItsTimeAlone()
    {
        await using var service = await RunningService.StartAsync("--Mqtt:MaxPacketsPerSecond=1000", "--Mqtt:MaxBytesPerSecond=200000", "--Mqtt:QueueMessages=100");
        var port = service.Service.Mqtt.Port;
        var clients = await Task.WhenAll(Enumerable.Range(0, Good).Select(i => RawClient.ConnectAsync(port, $"good-{i}")));
        await RoundAsync(clients);
        await BesideAsync(port, clients);

        // In turn, so that other work of the machine meets both alike.
        List<TimeSpan> alone = [], beside = [];
        for (var i = 0; i < Rounds; i++)
        {
            alone.Add(await RoundAsync(clients));
            beside.Add(await BesideAsync(port, clients));
        }

        var text = $"alone {string.Join(' ', alone.Select(Milliseconds))}, beside {string.Join(' ', beside.Select(Milliseconds))} ms";
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Assert.True(IsWithin(Median(alone), Median(beside)), text);
        Array.ForEach(clients, c => c.Dispose());
    }

    [Fact]
    public async Task Connections_OverTheirAddressesLimit_AreClosedAndTheOthersStay()
    {
        await using var host = await BrokerHost.StartAsync(configure: options => options.MaxConnectionsPerAddress = 2);
        using var one = await RawClient.ConnectAsync(host.Port, "one");
        using var two = await RawClient.ConnectAsync(host.Port, "two");
        Assert.Equal("closed", await RawClient.OpenAndReadAsync(host.Port));
        await one.PingAsync();
        two.Drop();
        await TrafficCore.TestKit.Processes.Eventually.ReachesAsync(
            async () => await RawClient.OpenAndReadAsync(host.Port, MqttVersion.V311, ConnectAs("next")) is var answer
                && answer.Contains("Success", StringComparison.Ordinal) ? null : answer,
            TimeSpan.FromSeconds(20));
        Assert.True(host.Broker.Metrics.ClosedCount(TrafficCore.Mqtt.Broker.CloseReason.AddressLimit) >= 1);
    }

    private static byte[] ConnectAs(string id) => RawClient.Encode(output =>
        MqttEncoder.Connect(output, new ConnectPacket { Version = MqttVersion.V311, ClientId = Encoding.UTF8.GetBytes(id), CleanStart = true }));

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);

    private static bool IsWithin(TimeSpan alone, TimeSpan beside) => beside <= 3 * (alone > Floor ? alone : Floor);

    private static async Task<TimeSpan> BesideAsync(int port, RawClient[] clients)
    {
        using var slow = await RawClient.OpenAsync(port, receiveBuffer: 4096);
        using var flooder = await RawClient.ConnectAsync(port, "flooder", MqttVersion.V5);
        await DisturbAsync(slow, flooder);
        using var stop = new CancellationTokenSource();
        var flood = FloodAsync(flooder, stop.Token);
        var time = await RoundAsync(clients);
        await stop.CancelAsync();
        await flood;
        return time;
    }

    private static async Task DisturbAsync(RawClient slow, RawClient flooder)
    {
        await slow.SendAsync(ConnectAs("slow"));
        Assert.Contains("Success", await slow.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("Suback", await slow.SubscribeAsync("flood/#"), StringComparison.Ordinal); // and reads nothing from here on
        await flooder.PingAsync();
    }

    private static async Task FloodAsync(RawClient client, CancellationToken stop)
    {
        var burst = Enumerable.Repeat(client.Publish("flood/t", new string('x', 200)), 200).SelectMany(b => b).ToArray();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await client.Socket.SendAsync(burst, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    /// <summary>The p99 of the time from PUBLISH to PUBACK, each client waiting for its answer before the next.</summary>
    private static async Task<TimeSpan> RoundAsync(RawClient[] clients)
    {
        var times = await Task.WhenAll(clients.Select(async (client, index) =>
        {
            var own = new long[Publishes];
            for (var i = 0; i < Publishes; i++)
            {
                var watch = Stopwatch.GetTimestamp();
                await client.PublishAsync($"traffic/v1/int-{index}/detector/d-1", "{\"volume\":1,\"interval\":1000}", 1, (ushort)(i + 1));
                Assert.StartsWith("Puback", await client.ReadAsync(), StringComparison.Ordinal);
                own[i] = Stopwatch.GetElapsedTime(watch).Ticks;
            }

            return own;
        }));
        var all = times.SelectMany(t => t).Order().ToArray();
        return TimeSpan.FromTicks(all[(int)(all.Length * 0.99)]);
    }
}
