using System.Globalization;
using System.Text;
using TrafficCore.Host.Upstream;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Upstream;

/// <summary>
/// What the service needs of a client of an existing broker, whoever wrote it. An adapter on another MQTT library implements <see cref="IUpstreamClient"/> in one file and
/// is run through these tests by deriving from this class.
/// </summary>
public abstract class UpstreamClientContract : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private MosquittoServer? server;

    public static TheoryData<MqttVersion> Versions => new(MqttVersion.V311, MqttVersion.V5);

    private MosquittoServer Server
    {
        get
        {
            Assert.SkipWhen(server is null, "mosquitto is not installed");
            return server;
        }
    }

    public async ValueTask InitializeAsync() => server = await MosquittoServer.TryStartPersistentAsync();

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Messages_ClientRestarts_EachComesAtLeastOnceAndTheUnacknowledgedAgain(MqttVersion version)
    {
        var first = new RecordingReceiver();
        await using (var client = await StartAsync(version, first))
        {
            await PublishAsync(0, 30);
            await first.WhenAsync(30);
            client.AcknowledgeThrough(first.Tickets[9]);
            await Eventually.ReachesAsync(() => Task.FromResult(client.Unacknowledged == 20 ? null : $"{client.Unacknowledged} unacknowledged"), Limit);
            await client.StopAsync(CancellationToken.None);
        }

        await PublishAsync(30, 40);
        var second = new RecordingReceiver();
        await using var again = await StartAsync(version, second);
        await second.WhenAsync(30);
        Assert.Equal(Enumerable.Range(10, 30), second.Numbers);
        Assert.True(again.Link.SessionPresent);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Messages_NothingAcknowledged_NothingIsLostWhenTheClientIsDropped(MqttVersion version)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var receiver = new RecordingReceiver();
            var client = await StartAsync(version, receiver);
            await PublishAsync(attempt * 10, (attempt + 1) * 10);
            await receiver.WhenAsync((attempt + 1) * 10);
            Assert.Equal(Enumerable.Range(0, (attempt + 1) * 10), receiver.Numbers);
            await client.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Broker_RestartsUnderLoad_EverythingComesInOrder(MqttVersion version)
    {
        const int Messages = 3000;
        var receiver = new RecordingReceiver { AcknowledgesAtOnce = true };
        await using var client = await StartAsync(version, receiver);
        var publishing = PublishAsync(0, Messages);
        foreach (var moment in new[] { 500, 1500 })
        {
            await receiver.WhenAsync(moment);
            await Server.TerminateAsync();
            await Server.StartAsync();
        }

        await publishing.WaitAsync(Limit);
        await receiver.WhenDistinctAsync(Messages);
        Assert.Equal(Enumerable.Range(0, Messages), receiver.Numbers.Distinct());
        Assert.True(receiver.Tickets.Zip(receiver.Tickets.Skip(1)).All(pair => pair.First < pair.Second), "tickets grow");
        await Eventually.ReachesAsync(() => Task.FromResult(client.Link is { IsConnected: true, Connections: > 1 } ? null : client.Link.ToString()), Limit);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Receiver_ThatHoldsBack_IsNotSentMoreThanMayWait(MqttVersion version)
    {
        var receiver = new RecordingReceiver { IsHeld = true };
        await using var client = await StartAsync(version, receiver, p => p with { ReceiveMaximum = 50 });
        await PublishAsync(0, 2000);
        await receiver.WhenAsync(1);
        Assert.InRange(receiver.Numbers.Count, 1, 50);
        receiver.Release();
        await receiver.WhenDistinctAsync(2000);
        Assert.Equal(Enumerable.Range(0, 2000), receiver.Numbers.Distinct());
        Assert.InRange(receiver.MostWaiting, 1, 50);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Broker_Away_IsSaidAndPublicationsWaitForIt(MqttVersion version)
    {
        var receiver = new RecordingReceiver();
        await using var client = await StartAsync(version, receiver);
        await Server.TerminateAsync();
        await Eventually.ReachesAsync(() => Task.FromResult(client.Link is { IsConnected: false, Problem.Length: > 0 } ? null : client.Link.ToString()), Limit);
        var published = client.PublishAsync(new MqttPublication("board/1", "shown"u8.ToArray(), Retain: true, Properties: new() { Expiry = TimeSpan.FromHours(1) }), CancellationToken.None);
        Assert.Equal(ReasonCode.Success, await client.PublishAsync(new MqttPublication("board/1", "dropped"u8.ToArray(), QualityOfService.AtMostOnce), CancellationToken.None));
        await Server.StartAsync();

        Assert.False((await published.WaitAsync(Limit)).IsError());
        Assert.Contains(receiver.Links, l => l is { IsConnected: false, Problem.Length: > 0 });
        Assert.True(receiver.Links[^1].IsConnected);
        await using var board = await ConnectAsync("board");
        await board.SubscribeAsync("board/#");
        var message = await board.Messages.ReadAsync().AsTask().WaitAsync(Limit);
        Assert.Equal(("shown", true), (Encoding.UTF8.GetString(message.Payload.Span), message.Retain));
    }

    [Fact]
    public async Task Subscription_OfAnEarlierConfiguration_CanBeEnded()
    {
        await using (await StartAsync(MqttVersion.V5, new RecordingReceiver(), p => p with { Subscriptions = [.. p.Subscriptions, new MqttSubscription("old/#")] }))
        {
            // Connected, and subscribed to both.
        }

        var receiver = new RecordingReceiver();
        await using var client = await StartAsync(MqttVersion.V5, receiver);
        await client.UnsubscribeAsync("old/#", CancellationToken.None).WaitAsync(Limit);
        await using var publisher = await ConnectAsync("publisher");
        await publisher.PublishAsync(new MqttPublication("old/x", "7"u8.ToArray()));
        await PublishAsync(0, 1);
        await receiver.WhenAsync(1);
        Assert.Equal([0], receiver.Numbers);
    }

    /// <summary>The implementation under test, made for a plan and not started.</summary>
    private protected abstract IUpstreamClient Create(UpstreamPlan plan);

    private async Task<IUpstreamClient> StartAsync(MqttVersion version, RecordingReceiver receiver, Func<UpstreamPlan, UpstreamPlan>? change = null)
    {
        Assert.True(MqttAddress.TryParse($"mqtt://127.0.0.1:{Server.Port}", out var address, out _));
        var plan = new UpstreamPlan
        {
            Address = address,
            ClientId = "upstream",
            Version = version,
            Subscriptions = [new MqttSubscription("load/+")],
            Reconnect = new ReconnectOptions { FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromMilliseconds(500) },
        };
        var client = Create(change?.Invoke(plan) ?? plan);
        receiver.Acknowledge = client.AcknowledgeThrough;
        client.Start(receiver);
        await Eventually.ReachesAsync(() => Task.FromResult(client.Link.IsConnected ? null : client.Link.ToString()), Limit);
        return client;
    }

    private Task<MqttClient> ConnectAsync(string id) =>
        MqttClient.ConnectAsync(new MqttClientOptions { Host = "127.0.0.1", Port = Server.Port, ClientId = id }).WaitAsync(Limit);

    /// <summary>A device that sends numbers at QoS 1, and again what was not acknowledged when the broker restarts.</summary>
    private async Task PublishAsync(int from, int to)
    {
        await using var device = ReconnectingMqttClient.Start(
            new MqttClientOptions { Host = "127.0.0.1", Port = Server.Port, ClientId = "device", SessionExpiry = TimeSpan.FromHours(1), Version = MqttVersion.V311 },
            new ReconnectOptions { FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromMilliseconds(500) },
            new Random(1));
        for (var i = from; i < to; i++)
        {
            await device.EnqueueAsync(new MqttPublication("load/1", Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture))));
        }

        await device.DrainAsync().WaitAsync(Limit);
        await device.DisconnectAsync().WaitAsync(Limit);
    }
}
