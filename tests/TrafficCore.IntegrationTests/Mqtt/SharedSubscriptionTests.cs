using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>Shared subscriptions (5.0 section 4.8.2).</summary>
public sealed class SharedSubscriptionTests
{
    private static readonly SubscribeOptions AtLeastOnce = new(QualityOfService.AtLeastOnce);
    private static readonly byte[] AnHour = [0x11, 0, 0, 0x0E, 0x10];

    [Fact]
    public async Task Group_OfThree_GetsEachMessageOnceInTurn()
    {
        await using var host = await BrokerHost.StartAsync();
        using var all = await RawClient.ConnectAsync(host.Port, "all", MqttVersion.V5);
        await all.SubscribeAsync("s/#");
        var members = new List<RawClient>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            var member = await RawClient.ConnectAsync(host.Port, name, MqttVersion.V5);
            Assert.Equal("Suback 77 01", await member.SubscribeAsync("$share/g/s/#", AtLeastOnce));
            members.Add(member);
        }

        Assert.Equal("Suback 77 00", await members[0].SubscribeAsync("$share/other/s/+"));
        for (var i = 0; i < 6; i++)
        {
            await host.Broker.PublishAsync("s/1", new[] { (byte)('0' + i) }, QualityOfService.AtLeastOnce);
        }

        Assert.Equal(6, (await all.ReadUntilPongAsync()).Count);
        var first = await members[0].ReadUntilPongAsync();
        Assert.Equal(["0", "3"], first.Where(p => p.Contains(" q1 ", StringComparison.Ordinal)).Select(p => p[^1..]));
        Assert.Equal(6, first.Count(p => p.Contains(" q0 ", StringComparison.Ordinal)));
        Assert.Equal(["1", "4"], (await members[1].ReadUntilPongAsync()).Select(p => p[^1..]));
        Assert.Equal(["2", "5"], (await members[2].ReadUntilPongAsync()).Select(p => p[^1..]));
        members.ForEach(m => m.Dispose());
    }

    [Fact]
    public async Task Member_WhoseSessionEnds_LeavesItsMessagesToTheOthers()
    {
        await using var host = await BrokerHost.StartAsync();
        var leaving = await RawClient.ConnectAsync(host.Port, "leaving", MqttVersion.V5, properties: [33, 0, 1]);
        await leaving.SubscribeAsync("$share/g/s/#", AtLeastOnce);
        foreach (var payload in new[] { "1", "2", "3" })
        {
            await host.Broker.PublishAsync("s/1", System.Text.Encoding.UTF8.GetBytes(payload), QualityOfService.AtLeastOnce);
        }

        Assert.EndsWith(" 1", await leaving.ReadAsync(), StringComparison.Ordinal);
        using var staying = await RawClient.ConnectAsync(host.Port, "staying", MqttVersion.V5);
        await staying.SubscribeAsync("$share/g/s/#", AtLeastOnce);
        leaving.Drop();

        // One was sent and not acknowledged, two had not been sent.
        foreach (var payload in new[] { "1", "2", "3" })
        {
            Assert.EndsWith(" " + payload, await staying.ReadAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Member_ThatRefusesAMessage_DoesNotPassItOn()
    {
        // [MQTT-4.8.2-6]
        await using var host = await BrokerHost.StartAsync();
        using var refusing = await RawClient.ConnectAsync(host.Port, "refusing", MqttVersion.V5);
        await refusing.SubscribeAsync("$share/g/s/#", AtLeastOnce);
        await host.Broker.PublishAsync("s/1", "x"u8.ToArray(), QualityOfService.AtLeastOnce);
        Assert.StartsWith("PUBLISH", await refusing.ReadAsync(), StringComparison.Ordinal);
        using var other = await RawClient.ConnectAsync(host.Port, "other", MqttVersion.V5);
        await other.SubscribeAsync("$share/g/s/#", AtLeastOnce);
        await refusing.SendAsync([0x40, 3, 0, 1, 0x80]);
        await refusing.PingAsync();
        refusing.Dispose();

        Assert.Empty(await other.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Member_WhoLeavesInsideQoS2_TakesTheMessageWithIt()
    {
        // [MQTT-4.8.2-5]: not even one that is not known to have arrived; what had not been sent goes to the others
        await using var host = await BrokerHost.StartAsync();
        var leaving = await RawClient.ConnectAsync(host.Port, "leaving", MqttVersion.V5, properties: [33, 0, 1]);
        await leaving.SubscribeAsync("$share/g/s/#", new SubscribeOptions(QualityOfService.ExactlyOnce));
        await host.Broker.PublishAsync("s/1", "1"u8.ToArray(), QualityOfService.ExactlyOnce);
        await host.Broker.PublishAsync("s/1", "2"u8.ToArray(), QualityOfService.ExactlyOnce);
        Assert.EndsWith(" id=1 1", await leaving.ReadAsync(), StringComparison.Ordinal);
        using var staying = await RawClient.ConnectAsync(host.Port, "staying", MqttVersion.V5);
        await staying.SubscribeAsync("$share/g/s/#", new SubscribeOptions(QualityOfService.ExactlyOnce));
        leaving.Drop();

        Assert.EndsWith(" id=1 2", await staying.ReadAsync(), StringComparison.Ordinal);
        Assert.Empty(await staying.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Retained_AreNotSentToASharedSubscription()
    {
        await using var host = await BrokerHost.StartAsync();
        await host.Broker.PublishAsync("s/1", "x"u8.ToArray(), retain: true);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SubscribeAsync("$share/g/s/#");

        Assert.Empty(await client.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Members_AllAway_WaitWithTheMessageInOneSession()
    {
        await using var host = await BrokerHost.StartAsync();
        foreach (var name in new[] { "a", "b" })
        {
            using var member = await RawClient.ConnectAsync(host.Port, name, MqttVersion.V5, clean: false, properties: AnHour);
            await member.SubscribeAsync("$share/g/s/#", AtLeastOnce);
        }

        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Connections == 0, "away");
        await host.Broker.PublishAsync("s/1", "x"u8.ToArray(), QualityOfService.AtLeastOnce);
        using var first = await RawClient.ConnectAsync(host.Port, "a", MqttVersion.V5, clean: false, properties: AnHour, expectPresent: true);
        using var second = await RawClient.ConnectAsync(host.Port, "b", MqttVersion.V5, clean: false, properties: AnHour, expectPresent: true);

        Assert.Single([.. await first.ReadUntilPongAsync(), .. await second.ReadUntilPongAsync()]);
    }
}
