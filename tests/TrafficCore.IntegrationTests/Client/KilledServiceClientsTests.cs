using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Client;

/// <summary>Our client and mosquitto's on the service, which is killed ten times between them.</summary>
public sealed class KilledServiceClientsTests
{
    private const int Kills = 10;
    private const int MessagesBetween = 200;

    // The publisher is never further ahead than this, so that each kill falls into traffic.
    private const int Lead = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <remarks>
    /// Not QoS 2 of mosquitto_sub with 5.0: version 2.0.11 counts a QoS 2 message that is sent to it again after a reconnect twice against its receive maximum, and ends.
    /// </remarks>
    [Theory]
    [InlineData(MqttVersion.V311, 1, "mqttv311", 2)]
    [InlineData(MqttVersion.V5, 2, "mqttv5", 1)]
    public async Task Messages_ServiceIsKilledTenTimes_ReachEverySubscriber(MqttVersion version, int ourQoS, string mosquittoVersion, int mosquittoQoS)
    {
        const QualityOfService Published = QualityOfService.ExactlyOnce;
        var tool = RequiredTools.Find("mosquitto_sub");
        Assert.SkipWhen(tool is null, "mosquitto-clients is not installed");
        using var data = new TemporaryDirectory();
        var service = await ServiceProcess.StartAsync(data.FullName);
        try
        {
            var port = service.MqttPort;
            string[] expiry = version == MqttVersion.V5 ? ["-x", "3600"] : [];
            using var foreign = ToolRun.Start(
                tool!, ["-h", "127.0.0.1", "-p", $"{port}", "-V", mosquittoVersion, "-i", "keeper", "-c", .. expiry, "-q", $"{mosquittoQoS}", "-t", "load"]);
            await using var subscriber = Start(port, version, "subscriber");
            await subscriber.SubscribeAsync(new MqttSubscription("load", (QualityOfService)ourQoS)).WaitAsync(Limit);
            await using var publisher = Start(port, version, "publisher");
            await foreign.PrintsWhenAsync(
                () => publisher.EnqueueAsync(new MqttPublication("load", "-1"u8.ToArray(), Published)).AsTask(), "-1\n-1\n");

            var received = new ConcurrentQueue<int>();
            var (sent, killing) = (0, KillAsync());
            while (!killing.IsCompleted)
            {
                for (var i = 0; i < 20; i++)
                {
                    await publisher.EnqueueAsync(new MqttPublication("load", Encoding.ASCII.GetBytes($"{sent++}"), Published)).AsTask().WaitAsync(Limit);
                }

                await ReceiveAsync(subscriber, received, sent - Lead).WaitAsync(Limit);

                // It pauses a second before it connects again; its queue has a bound (Mqtt:QueueMessages).
                await foreign.PrintsAsync($"\n{Math.Max(-1, sent - (3 * Lead))}\n");
            }

            await killing;
            await publisher.DrainAsync().WaitAsync(Limit);
            await ReceiveAsync(subscriber, received, sent).WaitAsync(Limit);

            // A kill between two commits may double a message (decision 0040); the first of each still come in order, and nothing is missing.
            Assert.Equal(Enumerable.Range(0, sent), received.Where(n => n >= 0).Distinct());
            await foreign.PrintsAsync($"\n{sent - 1}\n");
            foreign.Kill();
            Assert.Empty(Enumerable.Range(0, sent).Except(await NumbersAsync(foreign)));
            Assert.True(publisher.Counts.Connections > Kills && subscriber.Counts.Connections > Kills, $"{publisher.Counts} {subscriber.Counts}");

            async Task KillAsync()
            {
                for (var kill = 0; kill < Kills; kill++)
                {
                    var moment = received.Count + MessagesBetween;
                    await Eventually.ReachesAsync(() => Task.FromResult(received.Count >= moment ? null : $"{received.Count} received"), Limit);
                    await service.KillAsync();
                    await service.DisposeAsync();
                    service = await ServiceProcess.StartAsync(data.FullName, $"--Mqtt:Port={port.ToString(CultureInfo.InvariantCulture)}");
                }
            }
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    private static ReconnectingMqttClient Start(int port, MqttVersion version, string id) => ReconnectingMqttClient.Start(
        new MqttClientOptions { Host = "127.0.0.1", Port = port, ClientId = id, Version = version, SessionExpiry = TimeSpan.FromHours(1) },
        new ReconnectOptions { FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromMilliseconds(500) },
        new Random(20_261_129));

    private static async Task<IEnumerable<int>> NumbersAsync(ToolRun subscriber) =>
        (await subscriber.OutputAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture));

    /// <summary>Reads until the message before <paramref name="end"/> has come.</summary>
    private static async Task ReceiveAsync(ReconnectingMqttClient subscriber, ConcurrentQueue<int> received, int end)
    {
        for (var last = received.LastOrDefault(-1); last < end - 1;)
        {
            var message = await subscriber.Messages.ReadAsync();
            last = int.Parse(Encoding.ASCII.GetString(message.Payload.Span), CultureInfo.InvariantCulture);
            received.Enqueue(last);
        }
    }
}
