using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>Rules of one or two packets each that other test suites ask for.</summary>
public sealed class ProtocolRulesTests
{
    private static readonly SubscribeOptions AtLeastOnce = new(QualityOfService.AtLeastOnce);
    private static readonly SubscribeOptions ExactlyOnce = new(QualityOfService.ExactlyOnce);

    [Fact]
    public async Task Connack_Of31_HasNoSessionPresentFlag()
    {
        await using var host = await BrokerHost.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            using var client = await RawClient.ConnectAsync(host.Port, "old", MqttVersion.V31, clean: false, expectPresent: false);
        }

        Assert.Equal(1, host.Broker.Statistics.Sessions);
        using var nameless = await RawClient.OpenAsync(host.Port, MqttVersion.V31);
        await nameless.SendAsync([0x10, 14, 0, 6, .. "MQIsdp"u8, 3, 2, 0, 60, 0, 0]);
        Assert.Equal("CONNACK sp=False ClientIdentifierNotValid", await nameless.ReadAsync());
    }

    [Theory]
    [InlineData("101100044D515454050200000411000000000163", "MalformedPacket")] // a property that ends behind its block
    [InlineData("100E00044D5154540503003C00000163", "MalformedPacket")] // the reserved flag [MQTT-3.1.2-3]
    [InlineData("101300044D51545405020000062100012100010000", "ProtocolError")] // receive maximum twice
    public async Task Connect_Malformed5_IsToldWhy(string hex, string reason)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
        await client.SendAsync(Convert.FromHexString(hex));

        Assert.Equal("CONNACK sp=False " + reason, await client.ReadAsync());
        Assert.Equal("closed", await client.ReadAsync());
    }

    [Theory]
    [InlineData("100D00044D51545404C2003C000163")] // a user name flag without a user name
    [InlineData("100D00044D51545404" + "03003C000163")] // the reserved flag
    public async Task Connect_Malformed311_IsClosedWithoutAnAnswer(string hex)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port);
        await client.SendAsync(Convert.FromHexString(hex));

        Assert.Equal("closed", await client.ReadAsync());
    }

    [Theory]
    [InlineData(MqttVersion.V5, 120, "ServerKeepAlive=60")]
    [InlineData(MqttVersion.V5, 60, "")]
    [InlineData(MqttVersion.V5, 0, "")]
    [InlineData(MqttVersion.V311, 120, "")]
    public async Task KeepAlive_LongerThanTheServers_IsCutAndTold(MqttVersion version, int asked, string told)
    {
        // [MQTT-3.2.2-21]
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port, version);
        await client.SendAsync(RawClient.Encode(o => MqttEncoder.Connect(
            o, new ConnectPacket { Version = version, ClientId = "c"u8, CleanStart = true, KeepAliveSeconds = (ushort)asked })));
        var answer = await client.ReadAsync();

        Assert.Equal(told.Length > 0, answer.Contains("ServerKeepAlive", StringComparison.Ordinal));
        Assert.Contains(told, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, PacketType.Pubrec)]
    [InlineData(1, PacketType.Pubcomp)]
    [InlineData(2, PacketType.Puback)]
    [InlineData(2, PacketType.Pubcomp)]
    public async Task Acknowledgement_OfAnotherQoS_ClosesTheConnection(int qos, PacketType type)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SubscribeAsync("q", qos == 1 ? AtLeastOnce : ExactlyOnce);
        await host.Broker.PublishAsync("q", "x"u8.ToArray(), QualityOfService.ExactlyOnce);
        Assert.StartsWith("PUBLISH", await client.ReadAsync(), StringComparison.Ordinal);
        await client.AckAsync(type, 1);

        Assert.Equal("Disconnect 82", await client.ReadAsync());
    }

    [Theory]
    [InlineData("300600017402" + "0B01", "Disconnect 82")] // [MQTT-3.3.4-6] a subscription identifier from a client
    [InlineData("30070001740323" + "0000", "Disconnect 94")] // [MQTT-3.3.2-8] topic alias 0
    [InlineData("E00105", "Disconnect 82")] // [MQTT-3.14.2-1] no such reason
    [InlineData("320600017400" + "0000", "Disconnect 82")] // [MQTT-2.2.1-3] packet id 0
    [InlineData("82070000000001" + "7400", "Disconnect 81")] // [MQTT-2.2.1-3] packet id 0
    public async Task Packet_ThatBreaksARule_IsToldItsReason(string hex, string expected)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SendAsync(Convert.FromHexString(hex));

        Assert.Equal(expected, await client.ReadAsync());
        Assert.Equal("closed", await client.ReadAsync());
    }

    [Fact]
    public async Task TopicAlias_OfTheServer_NamesATopicOnceAndStaysWithinTheMaximum()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, properties: [34, 0, 1]);
        await client.SubscribeAsync("#");
        foreach (var topic in new[] { "first", "first", "second" })
        {
            await host.Broker.PublishAsync(topic, "x"u8.ToArray());
        }

        Assert.Equal(
            ["PUBLISH first q0 d=False r=False id=0 x TopicAlias=1", "PUBLISH  q0 d=False r=False id=0 x TopicAlias=1", "PUBLISH second q0 d=False r=False id=0 x"],
            await client.ReadUntilPongAsync()); // [MQTT-3.1.2-26], [MQTT-3.1.2-27]
    }

    [Fact]
    public async Task ReceiveMaximum_OfALaterConnection_HoldsForWhatIsSentAgain()
    {
        // [MQTT-3.3.4-7]
        byte[] keep = [0x11, 0, 0, 0, 60];
        await using var host = await BrokerHost.StartAsync();
        using (var first = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, clean: false, properties: keep))
        {
            await first.SubscribeAsync("q/#", AtLeastOnce);
            for (var i = 0; i < 3; i++)
            {
                await host.Broker.PublishAsync($"q/{i}", "x"u8.ToArray(), QualityOfService.AtLeastOnce);
            }

            Assert.Equal(3, (await first.ReadUntilPongAsync()).Count);
        }

        using var second = await RawClient.ConnectAsync(
            host.Port, "c", MqttVersion.V5, clean: false, properties: [.. keep, 33, 0, 1], expectPresent: true);
        Assert.Equal(["PUBLISH q/0 q1 d=True r=False id=1 x"], await second.ReadUntilPongAsync());
        await second.AckAsync(PacketType.Puback, 1);
        Assert.Equal("PUBLISH q/1 q1 d=True r=False id=2 x", await second.ReadAsync());
        Assert.Empty(await second.ReadUntilPongAsync());
        await second.AckAsync(PacketType.Puback, 2);
        Assert.Equal("PUBLISH q/2 q1 d=True r=False id=3 x", await second.ReadAsync());
    }
}
