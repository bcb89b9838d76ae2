using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>What the server says beside messages: in words where there is room, and never more than the client takes.</summary>
public sealed class AnswerTests
{
    private const string SubscriptionIdentifier = "300600017402" + "0B01";

    [Theory]
    [InlineData(0, true)]
    [InlineData(200, true)]
    [InlineData(8, false)] // [MQTT-3.2.2-19]
    public async Task Connect_Refused_IsToldWhyInWordsWhereTheyFit(int maximum, bool hasWords)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
        byte[] method = [21, 0, 1, (byte)'m'];
        await client.SendAsync(Connect([.. method, .. MaximumPacketSize(maximum)]));

        Assert.Equal("CONNACK sp=False BadAuthenticationMethod", await client.ReadAsync());
        Assert.Equal(hasWords ? "Enhanced authentication is not offered" : null, client.Words);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(25, false)] // [MQTT-3.14.2-3]
    public async Task Connection_BrokenOff_IsToldWhyInWordsWhereTheyFit(int maximum, bool hasWords)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, properties: MaximumPacketSize(maximum));
        await client.SendAsync(Convert.FromHexString(SubscriptionIdentifier));

        Assert.Equal("Disconnect 82", await client.ReadAsync());
        Assert.Equal(hasWords, client.Words is not null);
        Assert.Equal("closed", await client.ReadAsync());
    }

    [Fact]
    public async Task Connack_LargerThanTheClientTakes_IsARefusal()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
        await client.SendAsync(Connect(MaximumPacketSize(10)));

        Assert.Equal("CONNACK sp=False PacketTooLarge", await client.ReadAsync()); // [MQTT-3.1.2-24]
        Assert.Equal("closed", await client.ReadAsync());
        Assert.Equal(0, host.Broker.Statistics.Sessions);
    }

    [Theory]
    [InlineData(20, "Suback 7 00")]
    [InlineData(21, "Disconnect 95")] // [MQTT-3.1.2-24]
    public async Task Suback_LargerThanTheClientTakes_ClosesInsteadAndNothingIsSubscribed(int filters, string expected)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, properties: MaximumPacketSize(25));
        var names = Enumerable.Range(0, filters).Select(i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"f/{i}")).ToArray();
        await client.SendAsync(RawClient.Encode(output => MqttEncoder.Subscribe(output, MqttVersion.V5, 7, names, new SubscribeOptions[filters])));

        Assert.StartsWith(expected, await client.ReadAsync(), StringComparison.Ordinal);
        if (filters > 20)
        {
            Assert.Equal("closed", await client.ReadAsync());
            Assert.Equal(0, host.Broker.Statistics.Subscriptions);
        }
    }

    private static byte[] MaximumPacketSize(int bytes) => bytes == 0 ? [] : [39, 0, 0, 0, (byte)bytes];

    private static byte[] Connect(byte[] properties) => RawClient.Encode(output => MqttEncoder.Connect(
        output, new ConnectPacket { Version = MqttVersion.V5, ClientId = "c"u8, CleanStart = true, Properties = properties }));
}
