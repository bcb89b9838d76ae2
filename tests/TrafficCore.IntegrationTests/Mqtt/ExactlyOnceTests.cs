using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>QoS 2 both ways, over lost connections and a restart.</summary>
public sealed class ExactlyOnceTests
{
    private const string Topic = "traffic/v1/i1/detector/d1";

    [Fact]
    public async Task QoS2_Handshake_WaitsForTheCommitTwice()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual);
        using var client = await RawClient.ConnectAsync(host.Port, "c");
        await client.PublishAsync(Topic, "a", 2, 7);
        Assert.Empty(await client.ReadUntilPongAsync());
        host.Log.Commit();
        Assert.Equal("Pubrec 7 00", await client.ReadAsync());

        await client.AckAsync(PacketType.Pubrel, 7);
        Assert.Empty(await client.ReadUntilPongAsync());
        host.Log.Commit();
        Assert.Equal("Pubcomp 7 00", await client.ReadAsync());
        Assert.Equal(["c#7:a", "c#7 released"], host.Log.Records);
    }

    [Fact]
    public async Task QoS2_RepeatedOnTheSameConnection_IsTakenInOnce()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual);
        using var client = await RawClient.ConnectAsync(host.Port, "c");
        await client.PublishAsync(Topic, "a", 2, 7);
        await client.PublishAsync(Topic, "a", 2, 7, duplicate: true);
        Assert.Empty(await client.ReadUntilPongAsync());
        host.Log.Commit();

        Assert.Equal("Pubrec 7 00", await client.ReadAsync());
        Assert.Equal("Pubrec 7 00", await client.ReadAsync());
        Assert.Equal(["c#7:a"], host.Log.Records);
    }

    [Fact]
    public async Task QoS2_RepeatedAfterReconnect_IsTakenInOnceAndAnsweredAfterTheCommit()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual);
        using (var first = await RawClient.ConnectAsync(host.Port, "c", clean: false))
        {
            await first.PublishAsync(Topic, "a", 2, 7);
            await first.PingAsync();
            first.Drop();
        }

        var reconnecting = RawClient.ConnectAsync(host.Port, "c", clean: false, expectPresent: true);
        await AcknowledgementTests.UntilAsync(() => host.Log.Records.Count == 1, "appended");
        host.Log.Commit();
        using var second = await reconnecting;
        await second.PublishAsync(Topic, "a", 2, 7, duplicate: true);

        Assert.Equal("Pubrec 7 00", await second.ReadAsync());
        await second.AckAsync(PacketType.Pubrel, 7);
        await AcknowledgementTests.UntilAsync(() => host.Log.Records.Count == 2, "released");
        host.Log.Commit();
        Assert.Equal("Pubcomp 7 00", await second.ReadAsync());
        Assert.Equal(["c#7:a", "c#7 released"], host.Log.Records);
    }

    [Fact]
    public async Task QoS2_DeniedPublishBehindIt_TakeOverStillWaitsForTheRecord()
    {
        byte[] keep = [0x11, 0, 0, 0, 60];
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual);
        using (var first = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, clean: false, properties: keep))
        {
            await first.PublishAsync(Topic, "a", 2, 7);
            await first.PingAsync();
            await first.PublishAsync("traffic/v1/i1/board/b1/message", "mine", 2, 8);
            await first.PingAsync();
            first.Drop();
        }

        var reconnecting = RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5, clean: false, properties: keep, expectPresent: true);
        using var other = await RawClient.ConnectAsync(host.Port, "other");
        Assert.False(reconnecting.IsCompleted);
        host.Log.Commit();
        using var second = await reconnecting;
        await second.PublishAsync(Topic, "a", 2, 7, duplicate: true);

        Assert.Equal("Pubrec 7 00", await second.ReadAsync());
        Assert.Equal(["c#7:a"], host.Log.Records);
    }

    [Fact]
    public async Task QoS2_IdsKnownFromTheLog_AreNotTakenInAgain()
    {
        await using var host = await BrokerHost.StartAsync(prepare: broker => broker.RestoreReceivedPackets("c", [7, 8, 9]));
        using var client = await RawClient.ConnectAsync(host.Port, "c", clean: false, expectPresent: false);
        await client.PublishAsync(Topic, "a", 2, 7, duplicate: true);
        Assert.Equal("Pubrec 7 00", await client.ReadAsync());
        await client.AckAsync(PacketType.Pubrel, 7);
        Assert.Equal("Pubcomp 7 00", await client.ReadAsync());
        await client.AckAsync(PacketType.Pubrel, 8);
        Assert.Equal("Pubcomp 8 00", await client.ReadAsync());

        // A client that began anew, as it was told, uses the id for another message.
        await client.PublishAsync(Topic, "new", 2, 9);
        Assert.Equal("Pubrec 9 00", await client.ReadAsync());
        Assert.Equal(["c#7 released", "c#8 released", "c#9:new"], host.Log.Records);
    }

    [Theory]
    [InlineData(MqttVersion.V311, "Pubcomp 5 00", "Pubcomp 7 00")]
    [InlineData(MqttVersion.V5, "Pubcomp 5 92", "Pubcomp 7 92")]
    public async Task QoS2_ReleaseOfAnUnknownId_IsAnsweredAndNotRecorded(MqttVersion version, string never, string over)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", version);
        await client.AckAsync(PacketType.Pubrel, 5);
        Assert.Equal(never, await client.ReadAsync());
        Assert.Empty(host.Log.Records);

        await client.PublishAsync(Topic, "a", 2, 7);
        Assert.Equal("Pubrec 7 00", await client.ReadAsync());
        await client.AckAsync(PacketType.Pubrel, 7);
        Assert.Equal("Pubcomp 7 00", await client.ReadAsync());
        await client.AckAsync(PacketType.Pubrel, 7);
        Assert.Equal(over, await client.ReadAsync());
        Assert.Equal(["c#7:a", "c#7 released"], host.Log.Records);
    }

    [Fact]
    public async Task QoS2_ReleaseRepeatedAfterReconnect_IsAnsweredAfterTheFirstOnesCommit()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual);
        using (var first = await RawClient.ConnectAsync(host.Port, "c", clean: false))
        {
            await first.PublishAsync(Topic, "a", 2, 7);
            await AcknowledgementTests.UntilAsync(() => host.Log.Records.Count == 1, "appended");
            host.Log.Commit();
            Assert.Equal("Pubrec 7 00", await first.ReadAsync());
            await first.AckAsync(PacketType.Pubrel, 7);
            await first.PingAsync();
            first.Drop();
        }

        var reconnecting = RawClient.ConnectAsync(host.Port, "c", clean: false, expectPresent: true);
        using var other = await RawClient.ConnectAsync(host.Port, "other");
        Assert.False(reconnecting.IsCompleted);
        host.Log.Commit();
        using var second = await reconnecting;
        await second.AckAsync(PacketType.Pubrel, 7);

        Assert.Equal("Pubcomp 7 00", await second.ReadAsync());
        Assert.Equal(["c#7:a", "c#7 released"], host.Log.Records);
    }

    [Fact]
    public async Task QoS2_CleanStart_DiscardsTheIdsInTheLog()
    {
        await using var host = await BrokerHost.StartAsync(prepare: broker => broker.RestoreReceivedPackets("c", [7]));
        using var client = await RawClient.ConnectAsync(host.Port, "c");
        await client.PublishAsync(Topic, "a", 2, 7, duplicate: true);

        Assert.Equal("Pubrec 7 00", await client.ReadAsync());
        Assert.Equal(["c discarded", "c#7:a"], host.Log.Records);
    }

    [Fact]
    public async Task QoS2_CleanSessionEndsWithOpenIds_DiscardsThem()
    {
        await using var host = await BrokerHost.StartAsync();
        var client = await RawClient.ConnectAsync(host.Port, "c");
        await client.PublishAsync(Topic, "a", 2, 7);
        Assert.Equal("Pubrec 7 00", await client.ReadAsync());
        client.Drop();

        await AcknowledgementTests.UntilAsync(() => host.Log.Records.Contains("c discarded"), "discarded");
    }

    [Fact]
    public async Task QoS2_ToASubscriber_ResumesWhereItStood()
    {
        await using var host = await BrokerHost.StartAsync();
        var first = await RawClient.ConnectAsync(host.Port, "sub", clean: false);
        await first.SubscribeAsync("news/#", new SubscribeOptions(QualityOfService.ExactlyOnce));
        await host.Broker.PublishAsync("news/1", "one"u8.ToArray(), QualityOfService.ExactlyOnce);
        await host.Broker.PublishAsync("news/2", "two"u8.ToArray(), QualityOfService.ExactlyOnce);
        Assert.Equal("PUBLISH news/1 q2 d=False r=False id=1 one", await first.ReadAsync());
        Assert.Equal("PUBLISH news/2 q2 d=False r=False id=2 two", await first.ReadAsync());
        await first.AckAsync(PacketType.Pubrec, 1);
        Assert.Equal("Pubrel 1 00", await first.ReadAsync());
        first.Drop();

        using var second = await RawClient.ConnectAsync(host.Port, "sub", clean: false, expectPresent: true);
        Assert.Equal("Pubrel 1 00", await second.ReadAsync());
        Assert.Equal("PUBLISH news/2 q2 d=True r=False id=2 two", await second.ReadAsync());
        await second.AckAsync(PacketType.Pubcomp, 1);
        await second.AckAsync(PacketType.Pubrec, 2);
        Assert.Equal("Pubrel 2 00", await second.ReadAsync());
        await second.AckAsync(PacketType.Pubcomp, 2);
        Assert.Empty(await second.ReadUntilPongAsync());
    }
}
