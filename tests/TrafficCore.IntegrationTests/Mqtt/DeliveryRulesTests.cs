using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>What a publish becomes on its way to a subscriber, statement by statement.</summary>
public sealed class DeliveryRulesTests
{
    private static readonly SubscribeOptions AtLeastOnce = new(QualityOfService.AtLeastOnce);
    private static readonly SubscribeOptions ExactlyOnce = new(QualityOfService.ExactlyOnce);
    private static readonly byte[] AnHour = [0x11, 0, 0, 0x0E, 0x10];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public async Task Message_Delivered_HasTheLesserQoSAndNoDuplicateFlag(int published, int granted)
    {
        // [MQTT-3.8.4-8], [MQTT-3.3.1-3], [MQTT-4.3.1-1], [MQTT-4.3.2-2], [MQTT-4.3.3-2]
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SubscribeAsync("t", new SubscribeOptions((QualityOfService)granted));
        using var publisher = await RawClient.ConnectAsync(host.Port, "p", MqttVersion.V5);
        await publisher.PublishAsync("t", "x", published, (ushort)(published == 0 ? 0 : 9), duplicate: published > 0);

        var least = Math.Min(published, granted);
        Assert.Equal($"PUBLISH t q{least} d=False r=False id={(least == 0 ? 0 : 1)} x", await client.ReadAsync());
    }

    [Fact]
    public async Task Filter_SubscribedAgain_ReplacesTheSubscription()
    {
        // [MQTT-3.8.4-3], [MQTT-3.8.4-4]
        await using var host = await BrokerHost.StartAsync();
        await host.Broker.PublishAsync("t/1", "kept"u8.ToArray(), QualityOfService.AtLeastOnce, retain: true);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SubscribeAsync("t/#");
        Assert.Equal("PUBLISH t/1 q0 d=False r=True id=0 kept", await client.ReadAsync());
        await client.SubscribeAsync("t/#", AtLeastOnce);
        Assert.Equal("PUBLISH t/1 q1 d=False r=True id=1 kept", await client.ReadAsync());
        await host.Broker.PublishAsync("t/2", "x"u8.ToArray(), QualityOfService.AtLeastOnce);

        Assert.Equal("PUBLISH t/2 q1 d=False r=False id=2 x", await client.ReadAsync());
        Assert.Empty(await client.ReadUntilPongAsync());
        Assert.Equal(1, host.Broker.Statistics.Subscriptions);
    }

    [Fact]
    public async Task Unsubscribe_Several_EndsWhatIsNewAndCompletesWhatWasSent()
    {
        // [MQTT-3.10.4-2], [MQTT-3.10.4-3], [MQTT-3.10.4-5], [MQTT-3.10.4-6], [MQTT-3.11.3-1]
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SubscribeAsync("t", ExactlyOnce);
        await host.Broker.PublishAsync("t", "x"u8.ToArray(), QualityOfService.ExactlyOnce);
        Assert.Equal("PUBLISH t q2 d=False r=False id=1 x", await client.ReadAsync());
        ReadOnlyMemory<byte>[] filters = ["none"u8.ToArray(), "t"u8.ToArray(), "a/#/b"u8.ToArray()];
        await client.SendAsync(RawClient.Encode(output => MqttEncoder.Unsubscribe(output, MqttVersion.V5, 5, filters)));
        Assert.Equal("Unsuback 5 11 00 8F", await client.ReadAsync());
        await host.Broker.PublishAsync("t", "y"u8.ToArray(), QualityOfService.ExactlyOnce);
        await client.AckAsync(PacketType.Pubrec, 1);

        Assert.Equal("Pubrel 1 00", await client.ReadAsync());
        Assert.Empty(await client.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Retained_PublishWithoutTheFlag_LeavesItAsItIs()
    {
        // [MQTT-3.3.1-8]
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.PublishAsync("t", "kept", retain: true);
        await client.PublishAsync("t", "passing");
        await client.PublishAsync("t", "");
        await client.SubscribeAsync("t");

        Assert.Equal("PUBLISH t q0 d=False r=True id=0 kept", await client.ReadAsync());
        Assert.Empty(await client.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Text_WithAByteOrderMark_IsHandedOnUnchanged()
    {
        // [MQTT-1.5.4-3], [MQTT-4.7.3-4]
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SubscribeAsync("\uFEFFü/+");
        await client.PublishAsync("\uFEFFü/\uFEFF", "x");
        await client.PublishAsync("u\u0308/a", "another spelling");

        Assert.Equal("PUBLISH \uFEFFü/\uFEFF q0 d=False r=False id=0 x", await client.ReadAsync(), StringComparer.Ordinal);
        Assert.Empty(await client.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Expiry_OfWhatIsOnItsWay_IsNotApplied()
    {
        // [MQTT-4.3.3-7], [MQTT-4.3.3-13]: one was sent, one waits for the window and runs out there [MQTT-3.3.2-5]
        await using var host = await BrokerHost.StartAsync();
        byte[] narrow = [.. AnHour, 33, 0, 1];
        using (var first = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, clean: false, properties: narrow))
        {
            await first.SubscribeAsync("t", ExactlyOnce);
            using var publisher = await RawClient.ConnectAsync(host.Port, "p", MqttVersion.V5);
            await publisher.PublishAsync("t", "sent", 2, 1, properties: [2, 0, 0, 0, 10]);
            await publisher.PublishAsync("t", "waits", 2, 2, properties: [2, 0, 0, 0, 10]);
            Assert.Equal("Pubrec 1 00", await publisher.ReadAsync());
            Assert.Equal("Pubrec 2 00", await publisher.ReadAsync());
            Assert.StartsWith("PUBLISH t q2 d=False r=False id=1 sent", await first.ReadAsync(), StringComparison.Ordinal);
        }

        host.Time.Advance(TimeSpan.FromSeconds(60));
        using var second = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, clean: false, properties: narrow, expectPresent: true);
        Assert.StartsWith("PUBLISH t q2 d=True r=False id=1 sent", await second.ReadAsync(), StringComparison.Ordinal);
        await second.AckAsync(PacketType.Pubrec, 1);
        Assert.Equal("Pubrel 1 00", await second.ReadAsync());
        await second.AckAsync(PacketType.Pubcomp, 1);
        Assert.Empty(await second.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Messages_OfOneTopic_ArriveInOrder()
    {
        // [MQTT-4.6.0-5], [MQTT-4.6.0-6]
        const int Count = 300;
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SubscribeAsync("t", AtLeastOnce);
        using var publisher = await RawClient.ConnectAsync(host.Port, "p");
        for (var i = 1; i <= Count; i++)
        {
            await publisher.PublishAsync("t", i.ToString(System.Globalization.CultureInfo.InvariantCulture), 1, (ushort)i);
        }

        for (var i = 1; i <= Count; i++)
        {
            Assert.EndsWith($" id={i} {i}", await client.ReadAsync(), StringComparison.Ordinal);
            await client.AckAsync(PacketType.Puback, (ushort)i);
        }
    }

    [Fact]
    public async Task Acknowledgement_WithAnError_EndsTheMessage()
    {
        // [MQTT-4.4.0-2]
        await using var host = await BrokerHost.StartAsync();
        using (var first = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, clean: false, properties: AnHour))
        {
            await first.SubscribeAsync("t", ExactlyOnce);
            await host.Broker.PublishAsync("t", "x"u8.ToArray(), QualityOfService.ExactlyOnce);
            Assert.StartsWith("PUBLISH", await first.ReadAsync(), StringComparison.Ordinal);
            await first.SendAsync([0x50, 3, 0, 1, 0x80]);
            await first.PingAsync();
        }

        using var second = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, clean: false, properties: AnHour, expectPresent: true);
        Assert.Empty(await second.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Will_Properties_AreHandedOnInOrder()
    {
        // [MQTT-3.1.3-10]
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SubscribeAsync("w");
        var properties = new PropertyBuilder(default);
        properties.AddUser("b"u8, "1"u8);
        properties.Add(PropertyId.ContentType, "text"u8);
        properties.AddUser("a"u8, "2"u8);
        properties.AddUser("b"u8, "3"u8);
        using (await RawClient.ConnectAsync(host.Port, "d", MqttVersion.V5, will: ("w", "gone", false, properties.Written.ToArray())))
        {
        }

        Assert.Equal("PUBLISH w q0 d=False r=False id=0 gone UserProperty=b:1 ContentType=text UserProperty=a:2 UserProperty=b:3", await client.ReadAsync());
    }

    [Theory]
    [InlineData("t", "Pubrec 7 00", "Pubcomp 7 00")]
    [InlineData("$SYS/t", "Pubrec 7 87", "Pubcomp 7 92")]
    public async Task PacketId_OfAFinishedExchange_IsANewMessage(string topic, string received, string completed)
    {
        // [MQTT-4.3.3-9], [MQTT-4.3.3-12]
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        for (var i = 0; i < 2; i++)
        {
            await client.PublishAsync(topic, "x", 2, 7);
            Assert.Equal(received, await client.ReadAsync());
            await client.AckAsync(PacketType.Pubrel, 7);
            Assert.Equal(completed, await client.ReadAsync());
        }
    }

    [Fact]
    public async Task Packets_BehindTheEnd_AreNotHandled()
    {
        // [MQTT-3.1.4-6], [MQTT-3.14.4-1], [MQTT-3.14.4-2]
        await using var host = await BrokerHost.StartAsync();
        using var listener = await RawClient.ConnectAsync(host.Port, "listener");
        await listener.SubscribeAsync("t");
        using var refused = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
        byte[] method = [21, 0, 1, (byte)'m'];
        await refused.SendAsync([
            .. RawClient.Encode(output => MqttEncoder.Connect(output, new ConnectPacket { Version = MqttVersion.V5, ClientId = "r"u8, CleanStart = true, Properties = method })),
            .. refused.Publish("t", "refused"),
        ]);
        Assert.StartsWith("CONNACK sp=False Bad", await refused.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("closed", await refused.ReadAsync());
        using var gone = await RawClient.ConnectAsync(host.Port, "gone");
        await gone.SendAsync([.. gone.Publish("t", "before"), 0xE0, 0, .. gone.Publish("t", "behind")]);
        Assert.Equal("closed", await gone.ReadAsync());

        Assert.Equal("PUBLISH t q0 d=False r=False id=0 before", await listener.ReadAsync());
        Assert.Empty(await listener.ReadUntilPongAsync());
    }
}
