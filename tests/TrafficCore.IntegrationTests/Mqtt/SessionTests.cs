using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>What is kept between connections, and wills.</summary>
public sealed class SessionTests
{
    private static readonly SubscribeOptions AtLeastOnce = new(QualityOfService.AtLeastOnce);

    [Fact]
    public async Task PersistentSession_QueuesWhileAway()
    {
        await using var host = await BrokerHost.StartAsync();
        var first = await RawClient.ConnectAsync(host.Port, "s", clean: false, expectPresent: false);
        await first.SubscribeAsync("q/#", AtLeastOnce);
        first.Drop();
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Connections == 0, "gone");
        await host.Broker.PublishAsync("q/1", "one"u8.ToArray(), QualityOfService.AtLeastOnce);
        await host.Broker.PublishAsync("q/0", "zero"u8.ToArray());
        await host.Broker.PublishAsync("q/2", "two"u8.ToArray(), QualityOfService.AtLeastOnce);

        using var second = await RawClient.ConnectAsync(host.Port, "s", clean: false, expectPresent: true);
        Assert.Equal("PUBLISH q/1 q1 d=False r=False id=1 one", await second.ReadAsync());
        Assert.Equal("PUBLISH q/2 q1 d=False r=False id=2 two", await second.ReadAsync());
        Assert.Equal(1, host.Broker.Metrics.DroppedCount(DropReason.Offline));
    }

    [Fact]
    public async Task PersistentSession_UnacknowledgedIsSentAgain()
    {
        await using var host = await BrokerHost.StartAsync();
        var first = await RawClient.ConnectAsync(host.Port, "s", clean: false);
        await first.SubscribeAsync("q/#", AtLeastOnce);
        await host.Broker.PublishAsync("q/1", "one"u8.ToArray(), QualityOfService.AtLeastOnce);
        await host.Broker.PublishAsync("q/2", "two"u8.ToArray(), QualityOfService.AtLeastOnce);
        await first.ReadAsync();
        await first.ReadAsync();
        await first.AckAsync(PacketType.Puback, 1);
        await first.PingAsync();
        first.Drop();

        using var second = await RawClient.ConnectAsync(host.Port, "s", clean: false, expectPresent: true);
        Assert.Equal("PUBLISH q/2 q1 d=True r=False id=2 two", await second.ReadAsync());
    }

    [Fact]
    public async Task PersistentSession_CleanStart_BeginsAnew()
    {
        await using var host = await BrokerHost.StartAsync();
        using (var first = await RawClient.ConnectAsync(host.Port, "s", clean: false))
        {
            await first.SubscribeAsync("q/#", AtLeastOnce);
        }

        using var second = await RawClient.ConnectAsync(host.Port, "s", clean: true, expectPresent: false);
        Assert.Equal(0, host.Broker.Statistics.Subscriptions);
        await host.Broker.PublishAsync("q/1", "one"u8.ToArray(), QualityOfService.AtLeastOnce);
        Assert.Empty(await second.ReadUntilPongAsync());
    }

    [Fact]
    public async Task SessionExpiry_Over_ForgetsTheSession()
    {
        await using var host = await BrokerHost.StartAsync();
        var first = await RawClient.ConnectAsync(host.Port, "s", MqttVersion.V5, clean: false, properties: [17, 0, 0, 0, 60]);
        await first.SubscribeAsync("q/#", AtLeastOnce);
        first.Drop();
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Connections == 0, "gone");
        host.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(1, host.Broker.Statistics.Sessions);
        host.Time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(0, host.Broker.Statistics.Sessions);
        Assert.Equal(0, host.Broker.Statistics.Subscriptions);
    }

    [Fact]
    public async Task SessionExpiry_OverTheServersMaximum_IsCutAndTold()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.MaxSessionExpiry = TimeSpan.FromHours(1));
        using var client = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
        await client.SendAsync(RawClient.Encode(o => MqttEncoder.Connect(
            o, new ConnectPacket { Version = MqttVersion.V5, ClientId = "s"u8, Properties = [17, 0xFF, 0xFF, 0xFF, 0xFF] })));

        Assert.Contains("SessionExpiryInterval=3600", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queue_Full_DropsAndCounts()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.QueueMessages = 5);
        var first = await RawClient.ConnectAsync(host.Port, "s", clean: false);
        await first.SubscribeAsync("q/#", AtLeastOnce);
        first.Drop();
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Connections == 0, "gone");
        for (var i = 0; i < 8; i++)
        {
            await host.Broker.PublishAsync("q/" + i, "x"u8.ToArray(), QualityOfService.AtLeastOnce);
        }

        Assert.Equal(3, host.Broker.Metrics.DroppedCount(DropReason.QueueFull));
        using var second = await RawClient.ConnectAsync(host.Port, "s", clean: false);
        Assert.Equal(5, (await second.ReadUntilPongAsync()).Count);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Will_IsPublishedOnlyWithoutGoodbye(bool drop, bool expected)
    {
        await using var host = await BrokerHost.StartAsync();
        using var subscriber = await RawClient.ConnectAsync(host.Port, "sub");
        await subscriber.SubscribeAsync("will/#");
        var client = await RawClient.ConnectAsync(host.Port, "dying", will: ("will/dying", "offline", true, []));
        if (drop)
        {
            client.Drop();
        }
        else
        {
            await client.SendAsync([0xE0, 0]);
            Assert.Equal("closed", await client.ReadAsync());
            client.Dispose();
        }

        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Sessions == 1, "gone");
        Assert.Equal(expected ? ["PUBLISH will/dying q0 d=False r=False id=0 offline"] : [], await subscriber.ReadUntilPongAsync());
        Assert.Equal(expected, host.Broker.FindRetained("will/dying") is not null);
    }

    [Fact]
    public async Task Will_OfATopicUnderTheRoot_IsTakenIn()
    {
        await using var host = await BrokerHost.StartAsync();
        var client = await RawClient.ConnectAsync(host.Port, "dying", will: ("traffic/v1/i1/detector/d1", "last", false, []));
        client.Drop();

        await AcknowledgementTests.UntilAsync(() => host.Log.Records.Contains("last"), "taken in");
    }

    [Fact]
    public async Task WillDelay_PublishesAfterItAndNotWhenTheClientIsBack()
    {
        await using var host = await BrokerHost.StartAsync();
        using var subscriber = await RawClient.ConnectAsync(host.Port, "sub");
        await subscriber.SubscribeAsync("will/#");
        byte[] expiry = [17, 0, 0, 1, 0];
        byte[] delay = [24, 0, 0, 0, 30];
        var client = await RawClient.ConnectAsync(host.Port, "d", MqttVersion.V5, false, properties: expiry, will: ("will/d", "offline", false, delay));
        client.Drop();
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Connections == 1, "gone");
        host.Time.Advance(TimeSpan.FromSeconds(20));
        client = await RawClient.ConnectAsync(host.Port, "d", MqttVersion.V5, false, properties: expiry, will: ("will/d", "offline", false, delay));
        host.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(await subscriber.ReadUntilPongAsync());

        client.Drop();
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Connections == 1, "gone");
        host.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(await subscriber.ReadUntilPongAsync());
        host.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("PUBLISH will/d q0 d=False r=False id=0 offline", await subscriber.ReadAsync());
    }

    [Fact]
    public async Task WillDelay_SessionEndsFirst_PublishesAtOnce()
    {
        await using var host = await BrokerHost.StartAsync();
        using var subscriber = await RawClient.ConnectAsync(host.Port, "sub");
        await subscriber.SubscribeAsync("will/#");
        var client = await RawClient.ConnectAsync(
            host.Port, "d", MqttVersion.V5, false, properties: [17, 0, 0, 1, 0], will: ("will/d", "offline", false, [24, 0, 0, 0, 30]));
        client.Drop();
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Connections == 1, "gone");
        using var clean = await RawClient.ConnectAsync(host.Port, "d", MqttVersion.V5);

        Assert.Equal("PUBLISH will/d q0 d=False r=False id=0 offline", await subscriber.ReadAsync());
    }

    [Fact]
    public async Task TakeOver_WillOfTheOldConnection_ComesBeforeTheNewOnesMessages()
    {
        await using var host = await BrokerHost.StartAsync();
        using var subscriber = await RawClient.ConnectAsync(host.Port, "sub");
        await subscriber.SubscribeAsync("state/#");
        using var old = await RawClient.ConnectAsync(host.Port, "d", will: ("state/d", "offline", true, []));
        using var next = await RawClient.ConnectAsync(host.Port, "d", will: ("state/d", "offline", true, []));
        await next.PublishAsync("state/d", "online", 1, 1, retain: true);

        Assert.EndsWith("offline", await subscriber.ReadAsync(), StringComparison.Ordinal);
        Assert.EndsWith("online", await subscriber.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Will_ToADeniedTopic_RefusesTheConnection()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
        await client.SendAsync(RawClient.Encode(o => MqttEncoder.Connect(
            o, new ConnectPacket { Version = MqttVersion.V5, ClientId = "d"u8, WillTopic = "traffic/v1/i/board/b/message"u8 })));

        Assert.Equal("CONNACK sp=False NotAuthorized", await client.ReadAsync());
    }

    [Fact]
    public async Task Sessions_OverTheLimit_AreRefused()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.MaxSessions = 1);
        using var one = await RawClient.ConnectAsync(host.Port, "1", clean: false);
        using var two = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
        await two.SendAsync(RawClient.Encode(o => MqttEncoder.Connect(o, new ConnectPacket { Version = MqttVersion.V5, ClientId = "2"u8 })));

        Assert.Equal("CONNACK sp=False QuotaExceeded", await two.ReadAsync());
    }
}
