using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Client;

/// <summary>Two clients with a mosquitto between them that is restarted again and again under load.</summary>
public sealed class MosquittoRestartTests
{
    private const int Restarts = 5;
    private const int MessagesBetween = 500;

    // The publisher is never further ahead than this, so that each restart falls into traffic.
    private const int Lead = 500;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(MqttVersion.V311, QualityOfService.AtLeastOnce)]
    [InlineData(MqttVersion.V5, QualityOfService.AtLeastOnce)]
    [InlineData(MqttVersion.V311, QualityOfService.ExactlyOnce)]
    [InlineData(MqttVersion.V5, QualityOfService.ExactlyOnce)]
    public async Task Messages_BrokerRestartsUnderLoad_KeepTheirGuarantees(MqttVersion version, QualityOfService qos)
    {
        await using var server = await MosquittoServer.TryStartPersistentAsync();
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        await using var subscriber = Start(server, version, "subscriber");
        await subscriber.SubscribeAsync(new MqttSubscription("load", qos)).WaitAsync(Limit);
        await using var publisher = Start(server, version, "publisher");
        var received = new ConcurrentQueue<int>();
        var (sent, restarting) = (0, RestartAsync(server, received));
        while (!restarting.IsCompleted)
        {
            for (var i = 0; i < 50; i++)
            {
                await publisher.EnqueueAsync(new MqttPublication("load", Encoding.ASCII.GetBytes($"{sent++}"), qos)).AsTask().WaitAsync(Limit);
            }

            await ReceiveAsync(subscriber, received, sent - Lead).WaitAsync(Limit);
        }

        await restarting;
        await publisher.DrainAsync().WaitAsync(Limit);
        await ReceiveAsync(subscriber, received, sent).WaitAsync(Limit);

        // At QoS 1 a repeat may follow; the first of each still come in order, and nothing is missing.
        var seen = qos == QualityOfService.ExactlyOnce ? received.AsEnumerable() : received.Distinct();
        Assert.Equal(Enumerable.Range(0, sent), seen);
        Assert.True(publisher.Counts.Connections > Restarts && subscriber.Counts.Connections > Restarts, $"{publisher.Counts} {subscriber.Counts}");
        Assert.Equal((0, 0), (publisher.Counts.SessionsLost, subscriber.Counts.SessionsLost));
        await publisher.DisconnectAsync().WaitAsync(Limit);
        await subscriber.DisconnectAsync().WaitAsync(Limit);
    }

    private static ReconnectingMqttClient Start(MosquittoServer server, MqttVersion version, string id) => ReconnectingMqttClient.Start(
        new MqttClientOptions { Host = "127.0.0.1", Port = server.Port, ClientId = id, Version = version, SessionExpiry = TimeSpan.FromHours(1) },
        new ReconnectOptions { FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromMilliseconds(500) },
        new Random(20_261_128));

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

    /// <summary>Each time in the middle of the traffic.</summary>
    private static async Task RestartAsync(MosquittoServer server, ConcurrentQueue<int> received)
    {
        for (var restart = 0; restart < Restarts; restart++)
        {
            var moment = received.Count + MessagesBetween;
            await Eventually.ReachesAsync(() => Task.FromResult(received.Count >= moment ? null : $"{received.Count} received"), Limit);
            await server.TerminateAsync();
            await server.StartAsync();
        }
    }
}
