using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Client;

/// <summary>What a connection sends, against a broker that the test plays.</summary>
public sealed class PublishingTests
{
    private readonly ClientRig rig = new();

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Publish_ExactlyOnce_TakesFourPackets(MqttVersion version)
    {
        var (client, peer) = await rig.ConnectAsync(rig.Options(version));
        await using var _ = client;

        var published = client.PublishAsync(ClientRig.Publication("x", qos: 2));
        Assert.Equal("PUBLISH t q2 d=False r=False id=1 x", await peer.ReadAsync());
        await peer.AckAsync(PacketType.Pubrec, 1);
        Assert.Equal("Pubrel 1 00", await peer.ReadAsync());
        Assert.False(published.IsCompleted);
        await peer.AckAsync(PacketType.Pubcomp, 1);

        Assert.Equal(ReasonCode.Success, await ClientRig.SoonAsync(published));
        Assert.Equal(0, client.InFlight);
    }

    [Fact]
    public async Task Publish_RefusedByPubrec_IsOverAndFreesItsId()
    {
        var acknowledged = new List<MqttAcknowledgement>();
        var (client, peer) = await rig.ConnectAsync(rig.Options() with { Window = 1, OnAcknowledged = acknowledged.Add });
        await using var _ = client;
        var words = new PropertyBuilder([]);
        words.Add(PropertyId.ReasonString, "no room"u8);
        var properties = words.Written.ToArray();

        var published = client.PublishAsync(ClientRig.Publication("x", qos: 2) with { Tag = 7 });
        await peer.ReadAsync();
        await peer.AckAsync(PacketType.Pubrec, 1, ReasonCode.QuotaExceeded, properties);
        Assert.Equal(ReasonCode.QuotaExceeded, await ClientRig.SoonAsync(published));
        await client.EnqueueAsync(ClientRig.Publication("y", qos: 2));

        Assert.Equal("PUBLISH t q2 d=False r=False id=1 y", await peer.ReadAsync());
        Assert.Equal(new MqttAcknowledgement(7, ReasonCode.QuotaExceeded, "no room"), Assert.Single(acknowledged));
    }

    [Fact]
    public async Task Publish_BrokersReceiveMaximum_IsNeverExceeded()
    {
        var (client, peer) = await rig.ConnectAsync(properties: ClientRig.Properties((PropertyId.ReceiveMaximum, 2)));
        await using var _ = client;
        Assert.True(client.TryEnqueue(ClientRig.Publication("1")));
        Assert.True(client.TryEnqueue(ClientRig.Publication("2", qos: 2)));
        Assert.False(client.TryEnqueue(ClientRig.Publication("3")));
        var third = client.EnqueueAsync(ClientRig.Publication("3")).AsTask();
        await peer.ReadAsync(2);

        // PUBREC gives no room back, PUBCOMP does (5.0 section 4.9).
        await peer.AckAsync(PacketType.Pubrec, 2);
        Assert.Equal("Pubrel 2 00", await peer.ReadAsync());
        Assert.False(third.IsCompleted);
        await peer.AckAsync(PacketType.Pubcomp, 2);

        await ClientRig.SoonAsync(third);
        Assert.Equal("PUBLISH t q1 d=False r=False id=3 3", await peer.ReadAsync());
    }

    [Fact]
    public async Task Publish_WhatTheBrokerDoesNotTake_IsTheCallersMistake()
    {
        var (client, _) = await rig.ConnectAsync(properties: ClientRig.Properties(
            (PropertyId.MaximumPacketSize, 30), (PropertyId.MaximumQoS, 1), (PropertyId.RetainAvailable, 0)));
        await using var _ = client;

        await Assert.ThrowsAsync<ArgumentException>(() => client.PublishAsync(ClientRig.Publication(new string('x', 30))));
        await Assert.ThrowsAsync<ArgumentException>(() => client.PublishAsync(ClientRig.Publication("x", qos: 2)));
        await Assert.ThrowsAsync<ArgumentException>(() => client.PublishAsync(ClientRig.Publication("x") with { Retain = true }));
        Assert.True(client.TryEnqueue(ClientRig.Publication("x")));
    }

    [Fact]
    public async Task Publish_Properties_GoOutInOrder()
    {
        var (client, peer) = await rig.ConnectAsync();
        await using var _ = client;
        await client.EnqueueAsync(ClientRig.Publication("x", 0, new MqttProperties
        {
            Expiry = TimeSpan.FromSeconds(1.5),
            IsText = true,
            ContentType = "text/plain",
            ResponseTopic = "answers",
            CorrelationData = "7"u8.ToArray(),
            UserProperties = [new("b", "1"), new("a", "2"), new("b", "3")],
        }));

        Assert.Equal(
            "PUBLISH t q0 d=False r=False id=0 x MessageExpiryInterval=2 PayloadFormatIndicator=1 ContentType=text/plain ResponseTopic=answers "
            + "CorrelationData=7 UserProperty=b:1 UserProperty=a:2 UserProperty=b:3",
            await peer.ReadAsync());
    }

    [Fact]
    public async Task Connect_Options_AreInThePacket()
    {
        var options = rig.Options() with
        {
            SessionExpiry = TimeSpan.FromMinutes(2),
            ReceiveMaximum = 9,
            TopicAliasMaximum = 3,
            MaxPacketSize = 2000,
            Will = ClientRig.Publication("gone", 2, new MqttProperties { ContentType = "w" }),
            WillDelay = TimeSpan.FromSeconds(4),
        };
        var connecting = MqttClient.ConnectAsync(options);
        using var peer = await rig.Broker.AcceptAsync();

        Assert.Equal(
            "CONNECT V5 id=c clean=True ka=0 will=t:gone q2 r=False SessionExpiryInterval=120 ReceiveMaximum=9 MaximumPacketSize=2000 TopicAliasMaximum=3 "
            + "WillDelayInterval=4 ContentType=w",
            await peer.WelcomeAsync());
        await (await ClientRig.SoonAsync(connecting)).DisposeAsync();
    }

    [Fact]
    public async Task Subscribe_Options_AreInThePacketAndRefusalsHaveWords()
    {
        var (client, peer) = await rig.ConnectAsync();
        await using var _ = client;
        var subscribed = client.SubscribeAsync(new MqttSubscription("a/#", QualityOfService.ExactlyOnce, NoLocal: true, RetainAsPublished: true, RetainHandling.DoNotSend, Identifier: 300));
        Assert.Equal("SUBSCRIBE 65 SubscriptionIdentifier=300 a/#:2E", await peer.ReadAsync());
        await peer.SubackAsync(65, ReasonCode.NotAuthorized);

        var refused = await Assert.ThrowsAsync<MqttConnectionException>(() => ClientRig.SoonAsync(subscribed));
        Assert.Equal(ReasonCode.NotAuthorized, refused.Reason);
        Assert.False(client.Completion.IsCompleted);
    }

    [Theory]
    [InlineData(PacketType.Puback, 9)]
    [InlineData(PacketType.Pubrec, 1)]
    [InlineData(PacketType.Puback, 2)]
    public async Task Answer_ToNothingThatWasSent_EndsTheConnection(PacketType answer, ushort id)
    {
        var (client, peer) = await rig.ConnectAsync();
        await using var _ = client;
        await client.EnqueueAsync(ClientRig.Publication("1"));
        await client.EnqueueAsync(ClientRig.Publication("2", qos: 2));
        await peer.ReadAsync(2);

        await peer.AckAsync(answer, id);

        Assert.Equal("Disconnect 82", await peer.ReadAsync());
        peer.Dispose();
        var lost = await ClientRig.SoonAsync(client.Completion);
        Assert.Equal(ReasonCode.ProtocolError, lost?.Reason);
        Assert.Equal(2, lost!.Unacknowledged.Count);
    }

    [Fact]
    public async Task Publish_BrokerStopsReading_WaitsAndLosesNothing()
    {
        var (client, peer) = await rig.ConnectAsync(rig.Options() with { MaxBufferedBytes = 4096, Window = 1000 });
        await using var _ = client;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 400; i++)
            {
                await client.EnqueueAsync(ClientRig.Publication(new string('x', 1000), qos: 0));
            }
        });
        await peer.ReadAsync();

        // 400 KB do not fit into pipe and buffer.
        Assert.False(sending.IsCompleted);
        Assert.All(await peer.ReadAsync(399), p => Assert.EndsWith("x", p, StringComparison.Ordinal));
        await ClientRig.SoonAsync(sending);
    }
}
