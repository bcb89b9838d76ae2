using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>What MQTT promises to keep is kept when the power fails: state of sessions [MQTT-4.1.0-1], [MQTT-4.1.0-2] and retained messages.</summary>
public sealed class JournalTests
{
    private static readonly SubscribeOptions AtLeastOnce = new(QualityOfService.AtLeastOnce);
    private static readonly SubscribeOptions ExactlyOnce = new(QualityOfService.ExactlyOnce);
    private static readonly byte[] AnHour = [0x11, 0, 0, 0x0E, 0x10];

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task PowerCut_SessionWithQueue_IsThereAsItWas(MqttVersion version)
    {
        await using var broker = await JournaledBroker.StartAsync();
        using (var away = await ConnectAsync(broker, "away", version, present: false))
        {
            await away.SubscribeAsync("q/+", AtLeastOnce);
        }

        await AcknowledgementTests.UntilAsync(() => broker.Host.Broker.Statistics.Connections == 0, "gone");
        using (var publisher = await RawClient.ConnectAsync(broker.Port, "p", version))
        {
            await publisher.PublishAsync("q/1", "one", 1, 1);
            Assert.Equal("Puback 1 00", await publisher.ReadAsync());
            await publisher.PublishAsync("q/2", "two", 2, 2);
            Assert.Equal("Pubrec 2 00", await publisher.ReadAsync());
        }

        await broker.CutPowerAsync();
        using (var back = await ConnectAsync(broker, "away", version, present: true))
        {
            Assert.Equal("PUBLISH q/1 q1 d=False r=False id=1 one", await back.ReadAsync());
            Assert.Equal("PUBLISH q/2 q1 d=False r=False id=2 two", await back.ReadAsync());
            await back.AckAsync(PacketType.Puback, 1);
            await back.AckAsync(PacketType.Puback, 2);
            await back.PingAsync();

            // The subscription itself has survived too.
            await broker.Host.Broker.PublishAsync("q/3", "three"u8.ToArray(), QualityOfService.AtLeastOnce);
            Assert.Equal("PUBLISH q/3 q1 d=False r=False id=3 three", await back.ReadAsync());
        }

        await AcknowledgementTests.UntilAsync(() => broker.Host.Broker.Statistics.Connections == 0, "gone again");
        await broker.RestartAsync();
        using var last = await ConnectAsync(broker, "away", version, present: true);
        Assert.Equal("PUBLISH q/3 q1 d=True r=False id=3 three", await last.ReadAsync());
        Assert.Empty(await last.ReadUntilPongAsync());
    }

    [Fact]
    public async Task PowerCut_QoS2HalfWay_GoesOnUnderTheSameId()
    {
        await using var broker = await JournaledBroker.StartAsync();
        using (var client = await ConnectAsync(broker, "s", MqttVersion.V5, present: false))
        {
            await client.SubscribeAsync("q/+", ExactlyOnce);
            await broker.Host.Broker.PublishAsync("q/1", "one"u8.ToArray(), QualityOfService.ExactlyOnce);
            await broker.Host.Broker.PublishAsync("q/2", "two"u8.ToArray(), QualityOfService.ExactlyOnce);
            Assert.Equal("PUBLISH q/1 q2 d=False r=False id=1 one", await client.ReadAsync());
            Assert.Equal("PUBLISH q/2 q2 d=False r=False id=2 two", await client.ReadAsync());
            await client.AckAsync(PacketType.Pubrec, 1);
            Assert.Equal("Pubrel 1 00", await client.ReadAsync()); // so it is durable that it was received
            await broker.CutPowerAsync();
        }

        using var back = await ConnectAsync(broker, "s", MqttVersion.V5, present: true);
        Assert.Equal("Pubrel 1 00", await back.ReadAsync()); // [MQTT-4.4.0-1], never the message again
        Assert.Equal("PUBLISH q/2 q2 d=True r=False id=2 two", await back.ReadAsync());
        await back.AckAsync(PacketType.Pubcomp, 1);
        await back.AckAsync(PacketType.Pubrec, 2);
        Assert.Equal("Pubrel 2 00", await back.ReadAsync());
        await back.AckAsync(PacketType.Pubcomp, 2);
        await back.PingAsync();
        back.Dispose();
        await AcknowledgementTests.UntilAsync(() => broker.Host.Broker.Statistics.Connections == 0, "gone");

        await broker.RestartAsync();
        using var last = await ConnectAsync(broker, "s", MqttVersion.V5, present: true);
        Assert.Empty(await last.ReadUntilPongAsync());
    }

    [Fact]
    public async Task PowerCut_RetainedMessages_AreKeptWithTheRestOfTheirTime()
    {
        await using var broker = await JournaledBroker.StartAsync();
        using (var client = await RawClient.ConnectAsync(broker.Port, "c", MqttVersion.V5))
        {
            await client.PublishAsync("r/kept", "kept", 1, 1, retain: true);
            await client.PublishAsync("r/short", "short", 1, 2, retain: true, properties: [2, 0, 0, 0, 30]);
            await client.PublishAsync("r/long", "long", 1, 3, retain: true, properties: [2, 0, 0, 0, 100]);
            await client.PublishAsync("r/cleared", "x", 1, 4, retain: true);
            await client.PublishAsync("r/cleared", "", 1, 5, retain: true);

            // The service's own come again from who made them: an older one must not stand in for it meanwhile.
            await broker.Host.Broker.PublishAsync("r/own", "own"u8.ToArray(), retain: true);
            for (var id = 1; id <= 5; id++)
            {
                Assert.Equal($"Puback {id} 10", await client.ReadAsync());
            }
        }

        await broker.CutPowerAsync(away: TimeSpan.FromSeconds(40));
        using var later = await RawClient.ConnectAsync(broker.Port, "later", MqttVersion.V5);
        await later.SubscribeAsync("r/#");
        var packets = await later.ReadUntilPongAsync();
        Assert.Equal(
            ["PUBLISH r/kept q0 d=False r=True id=0 kept", "PUBLISH r/long q0 d=False r=True id=0 long MessageExpiryInterval=60"],
            packets.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PowerCut_LongerThanTheExpiry_EndsTheSession()
    {
        await using var broker = await JournaledBroker.StartAsync();
        using (var client = await ConnectAsync(broker, "s", MqttVersion.V5, present: false))
        {
            await client.SubscribeAsync("q/+", AtLeastOnce);
        }

        await AcknowledgementTests.UntilAsync(() => broker.Host.Broker.Statistics.Connections == 0, "gone");
        await broker.RestartAsync();
        Assert.Equal(1, broker.Host.Broker.Statistics.Subscriptions);
        await broker.CutPowerAsync(away: TimeSpan.FromMinutes(61));
        broker.Time.Advance(TimeSpan.FromSeconds(1));
        await AcknowledgementTests.UntilAsync(() => broker.Host.Broker.Statistics.Sessions == 0, "expired");
        Assert.Equal(0, broker.Host.Broker.Statistics.Subscriptions);
        await broker.RestartAsync();
        using var back = await ConnectAsync(broker, "s", MqttVersion.V5, present: false);
    }

    [Fact]
    public async Task PowerCut_CleanStartAndUnsubscribe_StayDone()
    {
        await using var broker = await JournaledBroker.StartAsync();
        using (var client = await ConnectAsync(broker, "s", MqttVersion.V5, present: false))
        {
            await client.SubscribeAsync("a", AtLeastOnce);
            await client.SubscribeAsync("b", AtLeastOnce);
            await client.SendAsync(RawClient.Encode(o => MqttEncoder.Unsubscribe(o, MqttVersion.V5, 9, [Encoding.UTF8.GetBytes("a")])));
            Assert.Equal("Unsuback 9 00", await client.ReadAsync());
        }

        await broker.CutPowerAsync();
        Assert.Equal(1, broker.Host.Broker.Statistics.Subscriptions);
        using (var anew = await RawClient.ConnectAsync(broker.Port, "s", MqttVersion.V5, clean: true, properties: AnHour, expectPresent: false))
        {
            await anew.SubscribeAsync("c", AtLeastOnce);
        }

        await broker.CutPowerAsync();
        Assert.Equal(1, broker.Host.Broker.Statistics.Subscriptions);
        Assert.Equal(1, broker.Host.Broker.Statistics.Sessions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PowerCut_WillOfAConnectedClient_IsPublishedAtTheStartAndOnce(bool clean)
    {
        await using var broker = await JournaledBroker.StartAsync();
        using (var listener = await ConnectAsync(broker, "listener", MqttVersion.V5, present: false))
        {
            await listener.SubscribeAsync("state/#", AtLeastOnce);
        }

        using var device = await RawClient.ConnectAsync(broker.Port, "device", MqttVersion.V5, clean, properties: clean ? null : AnHour, will: ("state/device", "gone", true, []));
        using var polite = await RawClient.ConnectAsync(broker.Port, "polite", MqttVersion.V5, will: ("state/polite", "gone", true, []));
        await polite.SendAsync([0xE0, 0]);
        Assert.Equal("closed", await polite.ReadAsync());
        await CommitAsync(broker);
        await broker.CutPowerAsync();
        await CommitAsync(broker);
        await broker.CutPowerAsync(); // nothing is left to be published

        Assert.NotNull(broker.Host.Broker.FindRetained("state/device"));
        using var back = await ConnectAsync(broker, "listener", MqttVersion.V5, present: true);
        Assert.StartsWith("PUBLISH state/device q1 ", await back.ReadAsync(), StringComparison.Ordinal);
        Assert.Empty(await back.ReadUntilPongAsync());
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task PowerCut_WillWithADelay_WaitsForItAnewUnlessTheClientIsBack(bool isBack, bool expected)
    {
        // [MQTT-3.1.3-9]
        await using var broker = await JournaledBroker.StartAsync();
        byte[] delay = [24, 0, 0, 0, 60];
        using var device = await RawClient.ConnectAsync(broker.Port, "device", MqttVersion.V5, clean: false, properties: AnHour, will: ("state/device", "gone", true, delay));
        await CommitAsync(broker);
        await broker.CutPowerAsync();
        using var again = isBack ? await ConnectAsync(broker, "device", MqttVersion.V5, present: true) : null;
        await CommitAsync(broker);
        await broker.CutPowerAsync();
        broker.Time.Advance(TimeSpan.FromSeconds(59));
        using var listener = await RawClient.ConnectAsync(broker.Port, "listener", MqttVersion.V5);
        await listener.SubscribeAsync("state/#");
        Assert.Empty(await listener.ReadUntilPongAsync());
        broker.Time.Advance(TimeSpan.FromSeconds(2));

        if (expected)
        {
            Assert.Equal("PUBLISH state/device q0 d=False r=False id=0 gone", await listener.ReadAsync());
        }

        Assert.Empty(await listener.ReadUntilPongAsync());
    }

    /// <summary>What was noted before is durable: a retained message that comes after it is.</summary>
    private static async Task CommitAsync(JournaledBroker broker)
    {
        using var client = await RawClient.ConnectAsync(broker.Port, "commit", MqttVersion.V5);
        await client.PublishAsync("commit", "x", 1, 1, retain: true);
        Assert.StartsWith("Puback 1", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Telemetry_OfClientsWithoutSubscriptions_NeverReachesTheJournal()
    {
        await using var broker = await JournaledBroker.StartAsync();
        using var device = await RawClient.ConnectAsync(broker.Port, "device", MqttVersion.V5);
        for (ushort id = 1; id <= 50; id++)
        {
            await device.PublishAsync("traffic/v1/i1/detector/d1", "x", 1, id);
            Assert.Equal($"Puback {id} 00", await device.ReadAsync());
        }

        Assert.Equal(0, broker.JournalEnd);
    }

    private static Task<RawClient> ConnectAsync(JournaledBroker broker, string id, MqttVersion version, bool present) => RawClient.ConnectAsync(
        broker.Port, id, version, clean: false, properties: version == MqttVersion.V5 ? AnHour : null, expectPresent: present);
}
