using System.Threading.Channels;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Client;

/// <summary>What a connection makes of deliveries, against a broker that the test plays.</summary>
public sealed class ReceivingTests
{
    private readonly ClientRig rig = new();

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Delivery_ExactlyOnceRepeated_IsDeliveredOnce(MqttVersion version)
    {
        var (client, peer) = await rig.ConnectAsync(rig.Options(version));
        await using var _ = client;
        await peer.PublishAsync("t", "one", 2, 5);
        Assert.Equal("Pubrec 5 00", await peer.ReadAsync());
        await peer.PublishAsync("t", "one", 2, 5, duplicate: true);
        Assert.Equal("Pubrec 5 00", await peer.ReadAsync());
        await peer.AckAsync(PacketType.Pubrel, 5);
        Assert.Equal("Pubcomp 5 00", await peer.ReadAsync());
        await peer.AckAsync(PacketType.Pubrel, 5);
        Assert.Equal(version == MqttVersion.V5 ? "Pubcomp 5 92" : "Pubcomp 5 00", await peer.ReadAsync());
        await peer.PublishAsync("t", "two", 2, 5);

        Assert.Equal("one", ClientRig.Text(await ClientRig.NextAsync(client)));
        Assert.Equal("two", ClientRig.Text(await ClientRig.NextAsync(client)));
    }

    [Fact]
    public async Task Acknowledge_ByTheConsumer_LeavesInOrderOfArrival()
    {
        var (client, peer) = await rig.ConnectAsync(rig.Options() with { ManualAcknowledgement = true });
        await using var _ = client;
        await peer.PublishAsync("t", "1", 1, 11);
        await peer.PublishAsync("t", "2", 2, 12);
        await peer.PublishAsync("t", "3", 1, 13);
        await peer.PublishAsync("t", "4", 1, 14);
        var messages = new List<MqttMessage>();
        for (var i = 0; i < 4; i++)
        {
            messages.Add(await ClientRig.NextAsync(client));
        }

        messages[2].Acknowledge(ReasonCode.PayloadFormatInvalid);
        messages[1].Acknowledge();
        messages[1].Acknowledge(ReasonCode.QuotaExceeded);
        await peer.AckAsync(PacketType.Pubrel, 99);
        Assert.Equal("Pubcomp 99 92", await peer.ReadAsync());
        messages[0].Acknowledge();

        Assert.Equal(["Puback 11 00", "Pubrec 12 00", "Puback 13 99"], await peer.ReadAsync(3));
        messages[3].Acknowledge();
        Assert.Equal("Puback 14 00", await peer.ReadAsync());
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Delivery_MoreThanTheReceiveMaximum_IsNotReadUntilThereIsRoom(MqttVersion version)
    {
        var (client, peer) = await rig.ConnectAsync(rig.Options(version) with { ManualAcknowledgement = true, ReceiveMaximum = 2 });
        await using var _ = client;
        var published = client.PublishAsync(ClientRig.Publication("x"));
        await peer.ReadAsync();
        await peer.SendAsync(output =>
        {
            for (ushort id = 1; id <= 6; id++)
            {
                if (id == 3)
                {
                    // What else comes is read, as long as no message waits before it.
                    MqttEncoder.Ack(output, PacketType.Puback, version, 1);
                }

                MqttEncoder.Publish(output, version, "t"u8, [(byte)('0' + id)], QualityOfService.AtLeastOnce, id);
            }
        });
        await ClientRig.SoonAsync(published);
        for (var i = 1; i <= 6; i += 2)
        {
            var (first, second) = (await ClientRig.NextAsync(client), await ClientRig.NextAsync(client));
            Assert.Equal((i, i + 1), (int.Parse(ClientRig.Text(first)), int.Parse(ClientRig.Text(second))));
            Assert.False(client.Messages.TryPeek(out var __));
            first.Acknowledge();
            second.Acknowledge();
            Assert.Equal([$"Puback {i} 00", $"Puback {i + 1} 00"], await peer.ReadAsync(2));
        }
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Disconnect_WhileMessagesWait_LeavesThemToTheBroker(MqttVersion version)
    {
        var (client, peer) = await rig.ConnectAsync(rig.Options(version) with { ManualAcknowledgement = true, ReceiveMaximum = 1 });
        await using var _ = client;
        await peer.PublishAsync("t", "1", 1, 1);
        await peer.PublishAsync("t", "2", 1, 2);
        var first = await ClientRig.NextAsync(client);
        var disconnected = client.DisconnectAsync();
        Assert.Equal("Disconnect 00", await peer.ReadAsync());
        first.Acknowledge();
        peer.Dispose();

        await ClientRig.SoonAsync(disconnected);
        Assert.Null(await ClientRig.SoonAsync(client.Completion));
        Assert.False(client.Messages.TryRead(out var __));
    }

    [Fact]
    public async Task Delivery_Properties_AreReadInOrder()
    {
        var (client, peer) = await rig.ConnectAsync();
        await using var _ = client;
        var properties = new PropertyBuilder([]);
        properties.AddUser("b"u8, "1"u8);
        properties.Add(PropertyId.SubscriptionIdentifier, 3);
        properties.Add(PropertyId.MessageExpiryInterval, 60);
        properties.AddUser("a"u8, "2"u8);
        properties.Add(PropertyId.ContentType, "text/plain"u8);
        properties.Add(PropertyId.ResponseTopic, "answers"u8);
        properties.Add(PropertyId.CorrelationData, "7"u8);
        properties.Add(PropertyId.PayloadFormatIndicator, 1);
        properties.Add(PropertyId.SubscriptionIdentifier, 1);
        await peer.PublishAsync("t", "x", 1, 1, duplicate: true, properties: properties.Written.ToArray(), retain: true);

        var message = await ClientRig.NextAsync(client);
        var read = message.Properties!;
        Assert.True(message is { Duplicate: true, Retain: true });
        Assert.Equal([new("b", "1"), new("a", "2")], read.UserProperties);
        Assert.Equal([3, 1], read.SubscriptionIdentifiers);
        Assert.Equal((TimeSpan.FromMinutes(1), "text/plain", "answers", true, "7"), (read.Expiry, read.ContentType, read.ResponseTopic, read.IsText, System.Text.Encoding.UTF8.GetString(read.CorrelationData!.Value.Span)));
    }

    [Fact]
    public async Task Delivery_TopicAlias_StandsForItsTopic()
    {
        var (client, peer) = await rig.ConnectAsync(rig.Options() with { TopicAliasMaximum = 2 });
        await using var _ = client;
        await peer.PublishAsync("first", "1", properties: ClientRig.Properties((PropertyId.TopicAlias, 2)));
        await peer.PublishAsync("", "2", properties: ClientRig.Properties((PropertyId.TopicAlias, 2)));
        await peer.PublishAsync("second", "3", properties: ClientRig.Properties((PropertyId.TopicAlias, 2)));
        await peer.PublishAsync("", "4", properties: ClientRig.Properties((PropertyId.TopicAlias, 2)));
        string[] topics = [.. await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => (await ClientRig.NextAsync(client)).Topic))];
        Assert.Equal(["first", "first", "second", "second"], topics);

        await peer.PublishAsync("", "5", properties: ClientRig.Properties((PropertyId.TopicAlias, 3)));
        Assert.Equal("Disconnect 94", await peer.ReadAsync());
    }

    [Fact]
    public async Task Receiver_OfBorrowedBytes_AcknowledgesByTicket()
    {
        var receiver = new Tickets();
        var (client, peer) = await rig.ConnectAsync(rig.Options() with { Receiver = receiver });
        await using var _ = client;
        Assert.Throws<InvalidOperationException>(() => client.Messages);
        await peer.PublishAsync("t", "0");
        await peer.PublishAsync("t", "1", 1, 11);
        await peer.PublishAsync("t", "2", 2, 12);
        await peer.PublishAsync("t", "3", 1, 13);
        var tickets = new List<long>();
        while (tickets.Count < 4)
        {
            tickets.Add(await ClientRig.SoonAsync(receiver.Seen.Reader.ReadAsync().AsTask()));
        }

        Assert.Equal([0, 1, 2, 3], tickets);
        client.Acknowledge(tickets[1], ReasonCode.PayloadFormatInvalid);
        Assert.Equal("Puback 11 99", await peer.ReadAsync());
        client.AcknowledgeThrough(tickets[3]);
        Assert.Equal(["Pubrec 12 00", "Puback 13 00"], await peer.ReadAsync(2));
    }

    [Fact]
    public async Task Delivery_ReaderStops_HoldsTheBrokerBackAndGoesOn()
    {
        var (client, peer) = await rig.ConnectAsync(rig.Options() with { MaxQueuedMessages = 2 });
        await using var _ = client;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 400; i++)
            {
                await peer.PublishAsync("t", new string('x', 1000));
            }
        });

        // 400 KB do not fit into pipe, read buffer and queue: the peer has to wait until somebody reads.
        Assert.Equal(1000, (await ClientRig.NextAsync(client)).Payload.Length);
        for (var i = 1; i < 400; i++)
        {
            await ClientRig.NextAsync(client);
        }

        await ClientRig.SoonAsync(sending);
    }

    [Theory]
    [InlineData("10020000", "Disconnect 82")] // CONNECT
    [InlineData("F000", "Disconnect 82")] // AUTH that nobody asked for
    [InlineData("D00100", "Disconnect 82")] // PINGRESP with a body
    [InlineData("0000", "Disconnect 81")] // no packet
    [InlineData("3003000161", "Disconnect 81")] // properties missing
    [InlineData("3280808001", "Disconnect 95")] // 2 MiB declared: refused before they come
    [InlineData("90040001008F", "Disconnect 82")] // SUBACK to nothing
    public async Task Packet_ThatNoBrokerMaySend_EndsTheConnectionWithItsReason(string hex, string farewell)
    {
        var (client, peer) = await rig.ConnectAsync();
        await using var _ = client;
        await peer.SendAsync(Convert.FromHexString(hex));

        Assert.Equal(farewell, await peer.ReadAsync());
        Assert.Equal("closed", await peer.ReadAsync());
        Assert.NotNull((await ClientRig.SoonAsync(client.Completion))?.Reason);
    }

    [Fact]
    public async Task Broker_Disconnects_GivesItsWordsAndWhereToGo()
    {
        var (client, peer) = await rig.ConnectAsync();
        await using var _ = client;
        var properties = new PropertyBuilder([]);
        properties.Add(PropertyId.ReasonString, "go away"u8);
        properties.Add(PropertyId.ServerReference, "elsewhere:1884"u8);
        var encoded = properties.Written.ToArray();
        await peer.SendAsync(output => MqttEncoder.Disconnect(output, MqttVersion.V5, ReasonCode.UseAnotherServer, encoded));

        var why = (await ClientRig.SoonAsync(client.Completion))!;
        Assert.Equal((ReasonCode.UseAnotherServer, "elsewhere:1884"), (why.Reason!.Value, why.ServerReference));
        Assert.Contains("go away", why.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_EndsInsideAPacket_SaysSo()
    {
        var (client, peer) = await rig.ConnectAsync();
        await using var _ = client;
        await peer.SendAsync(Convert.FromHexString("300A0001"));
        peer.Dispose();

        Assert.Contains("inside a packet", (await ClientRig.SoonAsync(client.Completion))!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connack_ByteByByte_IsTaken()
    {
        var connecting = MqttClient.ConnectAsync(rig.Options());
        using var peer = await rig.Broker.AcceptAsync();
        await peer.ReadAsync();
        foreach (var b in Convert.FromHexString("20060000032100053003000174"))
        {
            await peer.SendAsync(new[] { b });
        }

        var client = await ClientRig.SoonAsync(connecting);
        await peer.SendAsync(Convert.FromHexString("00")); // the end of a PUBLISH that began behind the CONNACK
        await client.DisposeAsync();
    }

    private sealed class Tickets : IMessageReceiver
    {
        public Channel<long> Seen { get; } = Channel.CreateUnbounded<long>();

        public void Receive(in PublishView message, long ticket) => Seen.Writer.TryWrite(ticket);

        public ValueTask FlushAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
