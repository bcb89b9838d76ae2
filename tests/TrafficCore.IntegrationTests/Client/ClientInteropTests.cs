using System.Text;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Client;

/// <summary>What two clients say to each other through a broker, somebody else's and our own.</summary>
public sealed class ClientInteropTests
{
    [Theory]
    [MemberData(nameof(ClientBroker.All), MemberType = typeof(ClientBroker))]
    public async Task Messages_EveryQuality_ArriveOnceInOrder(string kind, MqttVersion version)
    {
        await using var broker = await ClientBroker.StartAsync(kind);
        await using var subscriber = await broker.ConnectAsync("sub", version);
        await using var publisher = await broker.ConnectAsync("pub", version, static o => o with { Window = 7 });
        Assert.Equal(QualityOfService.ExactlyOnce, await subscriber.SubscribeAsync("a/+", QualityOfService.ExactlyOnce));
        for (var i = 0; i < 300; i++)
        {
            await publisher.EnqueueAsync(new MqttPublication($"a/{i % 3}", Encoding.ASCII.GetBytes($"{i}"), (QualityOfService)(i % 3)));
        }

        await publisher.DrainAsync().WaitAsync(ScriptedPeer.Patience);
        var received = new List<MqttMessage>();
        while (received.Count < 300)
        {
            received.Add(await NextAsync(subscriber));
        }

        foreach (var topic in received.GroupBy(m => m.Topic))
        {
            Assert.All(topic, m => Assert.Equal($"a/{(int)m.QoS}", m.Topic));
            Assert.Equal(Enumerable.Range(0, 100).Select(i => (i * 3) + (topic.Key[^1] - '0')), topic.Select(m => int.Parse(Text(m))));
        }
    }

    [Theory]
    [MemberData(nameof(ClientBroker.All), MemberType = typeof(ClientBroker))]
    public async Task Session_Resumed_BringsWhatWasMissedAndWhatWasNotAcknowledged(string kind, MqttVersion version)
    {
        await using var broker = await ClientBroker.StartAsync(kind);
        Func<MqttClientOptions, MqttClientOptions> kept = static o => o with { CleanStart = false, SessionExpiry = TimeSpan.FromMinutes(5), ManualAcknowledgement = true };
        await using var publisher = await broker.ConnectAsync("pub", version);
        await using (var first = await broker.ConnectAsync("sub", version, kept))
        {
            Assert.False(first.SessionPresent);
            await first.SubscribeAsync("t");
            await publisher.PublishAsync(new MqttPublication("t", "1"u8.ToArray()));
            await publisher.PublishAsync(new MqttPublication("t", "2"u8.ToArray()));
            var taken = await NextAsync(first);
            Assert.Equal(("1", "2"), (Text(taken), Text(await NextAsync(first))));
            taken.Acknowledge();
            await first.DisconnectAsync().WaitAsync(ScriptedPeer.Patience);
        }

        await publisher.PublishAsync(new MqttPublication("t", "3"u8.ToArray()));
        await using var second = await broker.ConnectAsync("sub", version, kept);
        Assert.True(second.SessionPresent);
        var (again, fresh) = (await NextAsync(second), await NextAsync(second));
        Assert.Equal([("2", true), ("3", false)], [(Text(again), again.Duplicate), (Text(fresh), fresh.Duplicate)]);
    }

    [Theory]
    [InlineData(ClientBroker.Mosquitto)]
    [InlineData(ClientBroker.Own)]
    public async Task Properties_OfAMessage_ArriveInOrder(string kind)
    {
        await using var broker = await ClientBroker.StartAsync(kind);
        await using var client = await broker.ConnectAsync("c");
        await client.SubscribeAsync(new MqttSubscription("t", Identifier: 300));
        var sent = new MqttProperties
        {
            Expiry = TimeSpan.FromMinutes(1),
            IsText = true,
            ContentType = "application/json",
            ResponseTopic = "answers/here",
            CorrelationData = "17"u8.ToArray(),
            UserProperties = [new("b", "1"), new("a", "2"), new("b", "3")],
        };
        await client.PublishAsync(new MqttPublication("t", "x"u8.ToArray(), Properties: sent));

        var read = (await NextAsync(client)).Properties!;
        Assert.Equal(sent.UserProperties, read.UserProperties);
        Assert.Equal([300], read.SubscriptionIdentifiers);
        Assert.Equal((true, "application/json", "answers/here"), (read.IsText, read.ContentType, read.ResponseTopic));
        Assert.Equal("17", Encoding.ASCII.GetString(read.CorrelationData!.Value.Span));
        Assert.InRange(read.Expiry!.Value.TotalSeconds, 50, 60);
    }

    [Theory]
    [InlineData(ClientBroker.Mosquitto)]
    [InlineData(ClientBroker.Own)]
    public async Task Subscription_Options_Hold(string kind)
    {
        await using var broker = await ClientBroker.StartAsync(kind);
        await using var other = await broker.ConnectAsync("other");
        await other.PublishAsync(new MqttPublication("kept/1", "old"u8.ToArray(), Retain: true));
        await using var client = await broker.ConnectAsync("c");
        await client.SubscribeAsync(new MqttSubscription("kept/#", RetainHandling: RetainHandling.DoNotSend, RetainAsPublished: true));
        await client.SubscribeAsync(new MqttSubscription("mine", NoLocal: true));
        await client.PublishAsync(new MqttPublication("mine", "my own"u8.ToArray()));
        await other.PublishAsync(new MqttPublication("kept/1", "new"u8.ToArray(), Retain: true));

        var first = await NextAsync(client);
        Assert.Equal(("new", true), (Text(first), first.Retain));
        await client.SubscribeAsync(new MqttSubscription("kept/#", RetainHandling: RetainHandling.SendIfNew));
        await client.SubscribeAsync(new MqttSubscription("kept/1"));
        var second = await NextAsync(client);
        Assert.Equal(("new", true), (Text(second), second.Retain));
        await client.UnsubscribeAsync("kept/#");
        await other.PublishAsync(new MqttPublication("kept/2", "unheard"u8.ToArray()));
        await other.PublishAsync(new MqttPublication("kept/1", "last"u8.ToArray()));
        Assert.Equal("last", Text(await NextAsync(client)));
    }

    [Theory]
    [InlineData(ClientBroker.Mosquitto)]
    [InlineData(ClientBroker.Own)]
    public async Task Message_OfManyReads_ArrivesWhole(string kind)
    {
        await using var broker = await ClientBroker.StartAsync(kind);
        await using var client = await broker.ConnectAsync("c");
        await client.SubscribeAsync("t", QualityOfService.ExactlyOnce);
        var payload = new byte[200_000];
        new Random(1).NextBytes(payload);
        await client.PublishAsync(new MqttPublication("t", payload, QualityOfService.ExactlyOnce));
        await client.PublishAsync(new MqttPublication("t", "after"u8.ToArray(), QualityOfService.ExactlyOnce));

        Assert.Equal(payload, (await NextAsync(client)).Payload.ToArray());
        Assert.Equal("after", Text(await NextAsync(client)));
    }

    [Theory]
    [InlineData(ClientBroker.Mosquitto)]
    [InlineData(ClientBroker.Own)]
    public async Task Client_UnderTheSameId_TakesTheSessionOver(string kind)
    {
        await using var broker = await ClientBroker.StartAsync(kind);
        await using var first = await broker.ConnectAsync("same");
        await using var second = await broker.ConnectAsync("same");

        var lost = await first.Completion.WaitAsync(ScriptedPeer.Patience);
        Assert.NotNull(lost);
        Assert.True(kind == ClientBroker.Mosquitto || lost.Reason == ReasonCode.SessionTakenOver, lost.Message);
        Assert.False(second.Completion.IsCompleted);
    }

    private static string Text(MqttMessage message) => Encoding.UTF8.GetString(message.Payload.Span);

    private static async Task<MqttMessage> NextAsync(MqttClient client) => await client.Messages.ReadAsync().AsTask().WaitAsync(ScriptedPeer.Patience);
}
