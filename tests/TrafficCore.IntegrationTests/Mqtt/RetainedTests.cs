using System.Text;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>What is kept for later subscribers, and how much of it.</summary>
public sealed class RetainedTests
{
    [Fact]
    public async Task Retained_IsSentToNewSubscribersUntilCleared()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.PublishAsync("r/1", "one", 1, 1, retain: true);
        await client.PublishAsync("r/2", "two", retain: true);
        Assert.Equal("Puback 1 10", await client.ReadAsync());
        await client.PingAsync();
        Assert.Equal("one", Encoding.UTF8.GetString(host.Broker.FindRetained("r/1")!.Payload.Span));

        await client.SubscribeAsync("r/#", new SubscribeOptions(QualityOfService.AtLeastOnce));
        Assert.Equal("PUBLISH r/1 q1 d=False r=True id=1 one", await client.ReadAsync());
        Assert.Equal("PUBLISH r/2 q0 d=False r=True id=0 two", await client.ReadAsync());
        await client.AckAsync(PacketType.Puback, 1);
        await client.SubscribeAsync("r/1", new SubscribeOptions(QualityOfService.AtMostOnce, RetainHandling: RetainHandling.DoNotSend));
        await client.SubscribeAsync("r/#", new SubscribeOptions(QualityOfService.AtMostOnce, RetainHandling: RetainHandling.SendIfNew));
        Assert.Empty(await client.ReadUntilPongAsync());

        await client.PublishAsync("r/1", "", retain: true);
        Assert.Equal("PUBLISH r/1 q0 d=False r=False id=0 ", await client.ReadAsync());
        Assert.Null(host.Broker.FindRetained("r/1"));
        Assert.Equal(1, host.Broker.Statistics.RetainedMessages);
    }

    [Fact]
    public async Task Retained_OverTheBound_IsRefusedAndCounted()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.MaxRetainedMessages = 1);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.PublishAsync("r/1", "one", 1, 1, retain: true);
        await client.PublishAsync("r/2", "two", 1, 2, retain: true);
        await client.PublishAsync("r/1", "new", 1, 3, retain: true);

        Assert.Equal("Puback 1 10", await client.ReadAsync());
        Assert.Equal("Puback 2 97", await client.ReadAsync());
        Assert.Equal("Puback 3 10", await client.ReadAsync());
        Assert.Equal(1, host.Broker.Metrics.DroppedCount(DropReason.RetainedFull));
    }

    [Fact]
    public async Task Retained_FullOfOneClientsMessages_StillKeepsTheServices()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.MaxRetainedMessages = 1);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.PublishAsync("r/1", "one", 1, 1, retain: true);
        Assert.Equal("Puback 1 10", await client.ReadAsync());

        Assert.True(await host.Broker.PublishAsync("traffic/v1/i1/board/b1/message", "50"u8.ToArray(), retain: true));
        Assert.True(await host.Broker.PublishAsync("traffic/v1/i1/board/b1/message", "70"u8.ToArray(), retain: true));
        await client.SubscribeAsync("traffic/v1/+/board/+/message");
        Assert.Equal("PUBLISH traffic/v1/i1/board/b1/message q0 d=False r=True id=0 70", await client.ReadAsync());
        await client.PublishAsync("r/2", "two", 1, 2, retain: true);
        Assert.Equal("Puback 2 97", await client.ReadAsync());
        Assert.Equal(2, host.Broker.Statistics.RetainedMessages);
    }

    [Theory]
    [InlineData(MqttVersion.V5, 1, "Puback 2 97")]
    [InlineData(MqttVersion.V5, 2, "Pubrec 2 97")]
    [InlineData(MqttVersion.V5, 0, null)]
    [InlineData(MqttVersion.V311, 1, "Puback 2 00")]
    [InlineData(MqttVersion.V311, 0, null)]
    public async Task Retained_OverTheBound_IsDeliveredUnlessItWasRefused(MqttVersion version, int qos, string? answer)
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.MaxRetainedMessages = 0);
        using var subscriber = await RawClient.ConnectAsync(host.Port, "sub");
        using var client = await RawClient.ConnectAsync(host.Port, "c", version);
        await subscriber.SubscribeAsync("r/#");
        await client.PublishAsync("r/2", "two", qos, (ushort)(qos == 0 ? 0 : 2), retain: true);
        if (answer is not null)
        {
            Assert.Equal(answer, await client.ReadAsync());
        }

        await client.PingAsync();
        var isRefused = answer?.EndsWith("97", StringComparison.Ordinal) == true;
        Assert.Equal(isRefused ? [] : ["PUBLISH r/2 q0 d=False r=False id=0 two"], await subscriber.ReadUntilPongAsync());
        Assert.Equal(1, host.Broker.Metrics.DroppedCount(DropReason.RetainedFull));
    }

    [Fact]
    public async Task Retained_Telemetry_IsDeliveredAndNotKept()
    {
        await using var host = await BrokerHost.StartAsync();
        using var subscriber = await RawClient.ConnectAsync(host.Port, "sub");
        await subscriber.SubscribeAsync("traffic/v1/+/detector/#");
        using var client = await RawClient.ConnectAsync(host.Port, "c", will: ("traffic/v1/i1/detector/d2", "last", true, []));
        await client.PublishAsync("traffic/v1/i1/detector/d1", "r", 1, 1, retain: true);
        await client.PublishAsync("traffic/v1/i1/detector/d1", "bad", 1, 2, retain: true);
        Assert.Equal("Puback 1 00", await client.ReadAsync());
        Assert.Equal("Puback 2 00", await client.ReadAsync());
        client.Drop();

        Assert.Equal("PUBLISH traffic/v1/i1/detector/d1 q0 d=False r=False id=0 r", await subscriber.ReadAsync());
        Assert.Equal("PUBLISH traffic/v1/i1/detector/d2 q0 d=False r=False id=0 last", await subscriber.ReadAsync());
        Assert.Equal(0, host.Broker.Statistics.RetainedMessages);
    }
}
