using System.Text;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>Who gets which message, with which flags and properties.</summary>
public sealed class RoutingTests
{
    private static readonly SubscribeOptions AtLeastOnce = new(QualityOfService.AtLeastOnce);

    [Fact]
    public async Task Publish_IngestedTopic_AlsoReachesSubscribers()
    {
        await using var host = await BrokerHost.StartAsync();
        using var subscriber = await RawClient.ConnectAsync(host.Port, "sub");
        using var device = await RawClient.ConnectAsync(host.Port, "dev");
        Assert.Equal("Suback 77 01", await subscriber.SubscribeAsync("traffic/v1/+/detector/#", AtLeastOnce));
        await device.PublishAsync("traffic/v1/i1/detector/d1", "r", 1, 5);

        Assert.Equal("PUBLISH traffic/v1/i1/detector/d1 q1 d=False r=False id=1 r", await subscriber.ReadAsync());
        Assert.Equal("Puback 5 00", await device.ReadAsync());
        await device.PublishAsync("traffic/v1/i1/detector/d1", "bad", 1, 6);
        Assert.Equal("Puback 6 00", await device.ReadAsync());
        await subscriber.AckAsync(PacketType.Puback, 1);
        Assert.Empty(await subscriber.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Subscribe_AfterPublishesWithoutSubscriber_IsSeenByTheTopicCache()
    {
        await using var host = await BrokerHost.StartAsync();
        using var publisher = await RawClient.ConnectAsync(host.Port, "pub");
        await publisher.PublishAsync("a/b", "1");
        await publisher.PingAsync();
        using var subscriber = await RawClient.ConnectAsync(host.Port, "sub");
        await subscriber.SubscribeAsync("a/+");
        await publisher.PublishAsync("a/b", "2");
        Assert.Equal("PUBLISH a/b q0 d=False r=False id=0 2", await subscriber.ReadAsync());

        await subscriber.SendAsync(RawClient.Encode(o => MqttEncoder.Unsubscribe(o, MqttVersion.V311, 9, ["a/+"u8.ToArray()])));
        Assert.Equal("Unsuback 9", await subscriber.ReadAsync());
        await publisher.PublishAsync("a/b", "3");
        await publisher.PingAsync();
        Assert.Empty(await subscriber.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Subscriptions_Overlapping_GetOneCopyWithHighestQoSAndAllIdentifiers()
    {
        await using var host = await BrokerHost.StartAsync();
        using var subscriber = await RawClient.ConnectAsync(host.Port, "sub", MqttVersion.V5);
        await subscriber.SubscribeAsync("a/#", default, [0x0B, 1]);
        await subscriber.SubscribeAsync("a/b", AtLeastOnce, [0x0B, 2]);
        await host.Broker.PublishAsync("a/b", "x"u8.ToArray(), QualityOfService.ExactlyOnce);

        Assert.Matches("^PUBLISH a/b q1 d=False r=False id=1 x SubscriptionIdentifier=[12] SubscriptionIdentifier=[12]$", await subscriber.ReadAsync());
        Assert.Empty(await subscriber.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Subscription_Options_DecideEchoAndRetainFlag()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SubscribeAsync("mine", new SubscribeOptions(QualityOfService.AtMostOnce, NoLocal: true));
        await client.SubscribeAsync("kept", new SubscribeOptions(QualityOfService.AtMostOnce, RetainAsPublished: true));
        await client.SubscribeAsync("plain");
        await client.PublishAsync("mine", "x");
        await client.PublishAsync("kept", "y", retain: true);
        await client.PublishAsync("plain", "z", retain: true);

        Assert.Equal("PUBLISH kept q0 d=False r=True id=0 y", await client.ReadAsync());
        Assert.Equal("PUBLISH plain q0 d=False r=False id=0 z", await client.ReadAsync());
        Assert.Empty(await client.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Properties_AreHandedOnInOrder_ExpiryAsWhatIsLeft()
    {
        await using var host = await BrokerHost.StartAsync();
        using var subscriber = await RawClient.ConnectAsync(host.Port, "sub", MqttVersion.V5);
        using var old = await RawClient.ConnectAsync(host.Port, "old");
        using var publisher = await RawClient.ConnectAsync(host.Port, "pub", MqttVersion.V5);
        await old.SubscribeAsync("p");
        await publisher.PublishAsync("p", "x", retain: true, properties: Properties());
        await publisher.PingAsync();
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await subscriber.SubscribeAsync("p");

        Assert.Equal(
            "PUBLISH p q0 d=False r=True id=0 x UserProperty=b:1 ResponseTopic=back UserProperty=a:2 MessageExpiryInterval=20", await subscriber.ReadAsync());
        Assert.Equal("PUBLISH p q0 d=False r=False id=0 x", await old.ReadAsync());
        host.Time.Advance(TimeSpan.FromSeconds(21));
        await subscriber.SubscribeAsync("p");
        Assert.Empty(await subscriber.ReadUntilPongAsync());
        Assert.Null(host.Broker.FindRetained("p"));

        static byte[] Properties()
        {
            var builder = new PropertyBuilder(default);
            builder.AddUser("b"u8, "1"u8);
            builder.Add(PropertyId.ResponseTopic, "back"u8);
            builder.Add(PropertyId.MessageExpiryInterval, 30);
            builder.AddUser("a"u8, "2"u8);
            return builder.Written.ToArray();
        }
    }

    [Fact]
    public async Task TopicAlias_StandsForItsTopic_AndOnlyWhenSet()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Immediate);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.PublishAsync("traffic/v1/i1/detector/d1", "a", 1, 1, properties: [35, 0, 3]);
        await client.PublishAsync("", "b", 1, 2, properties: [35, 0, 3]);
        Assert.Equal("Puback 1 00", await client.ReadAsync());
        Assert.Equal("Puback 2 00", await client.ReadAsync());
        Assert.Equal(["a", "b"], host.Log.Records);

        await client.PublishAsync("", "c", properties: [35, 0, 4]);
        Assert.Equal("Disconnect 82", await client.ReadAsync());
        using var tooHigh = await RawClient.ConnectAsync(host.Port, "d", MqttVersion.V5);
        await tooHigh.PublishAsync("t", "c", properties: [35, 0, 17]);
        Assert.Equal("Disconnect 94", await tooHigh.ReadAsync());
    }

    [Fact]
    public async Task ReceiveMaximum_OfTheServer_ExceededIsRefused()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual, o => o.ReceiveMaximum = 3);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        for (ushort id = 1; id <= 3; id++)
        {
            await client.PublishAsync("traffic/v1/i1/detector/d1", "x", 1, id);
        }

        Assert.Empty(await client.ReadUntilPongAsync());
        await client.PublishAsync("traffic/v1/i1/detector/d1", "x", 1, 4);
        Assert.Equal("Disconnect 93", await client.ReadAsync());
    }

    [Fact]
    public async Task ReceiveMaximum_ReleasesOfTheLastConnection_AreFollowedByAsManyPublishesAsEver()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.ReceiveMaximum = 3);
        ushort[] earlier = [1, 2, 3], now = [4, 5, 6];
        using (var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, clean: false, properties: [17, 0, 0, 0, 60]))
        {
            await client.SendAsync([.. earlier.SelectMany(id => client.Publish("t", "x", 2, id))]);
            await ReadAsync(client, "Pubrec", earlier.Length);
        }

        // In one write, as a client does whose quota begins anew with the connection.
        using var back = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, clean: false, expectPresent: true, properties: [17, 0, 0, 0, 60]);
        await back.SendAsync([.. earlier.SelectMany(id => RawClient.Encode(o => MqttEncoder.Ack(o, PacketType.Pubrel, MqttVersion.V5, id))), .. now.SelectMany(id => back.Publish("t", "x", 2, id))]);
        await ReadAsync(back, "Pubcomp", earlier.Length);
        await ReadAsync(back, "Pubrec", now.Length);
    }

    [Fact]
    public async Task Publish_ThousandsOfQoS2BeforeTheFirstIsReleased_AreAllTakenOfAClientThatKnowsNoBound()
    {
        const int Many = 5_000;
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c");
        var ids = Enumerable.Range(1, Many).Select(static id => (ushort)id).ToList();
        await client.SendAsync([.. ids.SelectMany(id => client.Publish("t", "x", 2, id))]);
        await ReadAsync(client, "Pubrec", Many);
        await client.SendAsync([.. ids.SelectMany(static id => RawClient.Encode(o => MqttEncoder.Ack(o, PacketType.Pubrel, MqttVersion.V311, id)))]);
        await ReadAsync(client, "Pubcomp", Many);
    }

    [Fact]
    public async Task ReceiveMaximumAndPacketSize_OfTheClient_AreKept()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, properties: [33, 0, 2, 39, 0, 0, 0, 100]);
        await client.SubscribeAsync("a/#", AtLeastOnce);
        await host.Broker.PublishAsync("a/big", new byte[200], QualityOfService.AtLeastOnce);
        foreach (var name in "123")
        {
            await host.Broker.PublishAsync("a/" + name, "x"u8.ToArray(), QualityOfService.AtLeastOnce);
        }

        var packets = await client.ReadUntilPongAsync();
        Assert.Equal(["PUBLISH a/1 q1", "PUBLISH a/2 q1"], packets.Select(p => p[..14]));
        Assert.Equal(1, host.Broker.Metrics.DroppedCount(DropReason.TooLarge));
        await client.AckAsync(PacketType.Puback, ushort.Parse(packets[0].Split("id=")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.StartsWith("PUBLISH a/3 q1", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$SYS/broker/uptime")]
    [InlineData("traffic/v1/i1/board/b1/message")]
    [InlineData("traffic/v1/i1/controller/c1/plan")]
    [InlineData("traffic/v1/i1/detector/d1/errors")]
    public async Task Publish_ToTheServicesTopics_IsDenied(string topic)
    {
        await using var host = await BrokerHost.StartAsync();
        using var v5 = await RawClient.ConnectAsync(host.Port, "v5", MqttVersion.V5);
        await v5.SubscribeAsync(topic);
        await v5.PublishAsync(topic, "x", 1, 1);
        Assert.Equal("Puback 1 87", await v5.ReadAsync());
        await v5.PublishAsync(topic, "x", 2, 2);
        Assert.Equal("Pubrec 2 87", await v5.ReadAsync());
        using var v3 = await RawClient.ConnectAsync(host.Port, "v3");
        await v3.PublishAsync(topic, "x", 1, 1);
        Assert.Equal("closed", await v3.ReadAsync());
        Assert.Empty(await v5.ReadUntilPongAsync());

        Assert.Equal(3, host.Broker.Metrics.DroppedCount(DropReason.Denied));
        await host.Broker.PublishAsync(topic, "service"u8.ToArray(), retain: true);
        Assert.EndsWith("service", await v5.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_BadFilters_GetTheirReasons()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.MaxSubscriptions = 1);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);

        Assert.Equal("Suback 77 8F", await client.SubscribeAsync("a/#/b"));
        Assert.Equal("Suback 77 8F", await client.SubscribeAsync(new string('/', 1000)));
        foreach (var malformed in new[] { "$share/g", "$share//a", "$share/g/", "$share/g+/a", "$share/#/a" })
        {
            Assert.Equal("Suback 77 8F", await client.SubscribeAsync(malformed)); // [MQTT-4.8.2-1], [MQTT-4.8.2-2]
        }

        Assert.Equal("Suback 77 00", await client.SubscribeAsync("a"));
        Assert.Equal("Suback 77 97", await client.SubscribeAsync("b"));
        Assert.Equal("Suback 77 01", await client.SubscribeAsync("a", AtLeastOnce));
        Assert.Equal(1, host.Broker.Statistics.Subscriptions);
    }

    [Fact]
    public async Task LocalSubscription_GetsRetainedAndLiveMessages()
    {
        await using var host = await BrokerHost.StartAsync();
        using var device = await RawClient.ConnectAsync(host.Port, "board");
        await device.PublishAsync("traffic/v1/i1/board/b1/state", "online", 1, 1, retain: true);
        Assert.Equal("Puback 1 00", await device.ReadAsync());
        var got = new List<string>();
        using (host.Broker.SubscribeLocal("traffic/v1/+/board/+/state", m => got.Add(m.Topic + "=" + Encoding.UTF8.GetString(m.Payload.Span))))
        using (host.Broker.SubscribeLocal("+/+/+/+/+/state/#", _ => throw new InvalidOperationException("a defect of a handler")))
        {
            await device.PublishAsync("traffic/v1/i1/board/b1/state", "offline", 1, 2, retain: true);
            Assert.Equal("Puback 2 00", await device.ReadAsync());
        }

        await device.PublishAsync("traffic/v1/i1/board/b1/state", "online", 1, 3, retain: true);
        Assert.Equal("Puback 3 00", await device.ReadAsync());
        Assert.Equal(["traffic/v1/i1/board/b1/state=online", "traffic/v1/i1/board/b1/state=offline"], got);
    }

    private static async Task ReadAsync(RawClient client, string type, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.StartsWith(type + " ", await client.ReadAsync(), StringComparison.Ordinal);
        }
    }
}
