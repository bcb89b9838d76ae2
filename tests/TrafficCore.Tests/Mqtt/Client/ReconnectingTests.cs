using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Mqtt.Client;

/// <summary>Sessions over connections: what is sent again, what is not, and when; by the test's clock.</summary>
public sealed class ReconnectingTests
{
    // Timers count whole milliseconds.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(5);

    private readonly ClientRig rig = new();

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Session_Kept_GoesOnWhereItWas(MqttVersion version)
    {
        await using var client = rig.Start(rig.Options(version));
        using (var first = await rig.Broker.WelcomeAsync())
        {
            await client.EnqueueAsync(ClientRig.Publication("1"));
            await client.EnqueueAsync(ClientRig.Publication("2", qos: 2));
            await client.EnqueueAsync(ClientRig.Publication("3", qos: 2));
            await client.EnqueueAsync(ClientRig.Publication("4"));
            await first.ReadAsync(4);
            await first.AckAsync(PacketType.Pubrec, 2);
            Assert.Equal("Pubrel 2 00", await first.ReadAsync());
            await first.AckAsync(PacketType.Puback, 4);
            await UntilAsync(client, c => c.Acknowledged == 1);
        }

        await UntilPausingAsync(client);
        await client.EnqueueAsync(ClientRig.Publication("5"));
        using var second = await AgainAsync(client, sessionPresent: true);

        // PUBREL for what the broker has; then what it may have, in order and marked; then what is new.
        Assert.Equal(
            ["Pubrel 2 00", "PUBLISH t q1 d=True r=False id=1 1", "PUBLISH t q2 d=True r=False id=3 3", "PUBLISH t q1 d=False r=False id=5 5"],
            await second.ReadAsync(4));
        await second.AckAsync(PacketType.Pubcomp, 2);
        await second.AckAsync(PacketType.Puback, 1);
        await second.AckAsync(PacketType.Pubrec, 3);
        await second.ReadAsync();
        await second.AckAsync(PacketType.Pubcomp, 3);
        await second.AckAsync(PacketType.Puback, 5);
        await ClientRig.SoonAsync(client.DrainAsync());
        Assert.Equal((5, 0, 0, 3), (client.Counts.Acknowledged, client.Counts.Refused, client.Counts.SessionsLost, client.Counts.Resent));
    }

    [Fact]
    public async Task Session_Lost_EverythingIsPublishedAsNewAndSubscribedAgain()
    {
        var options = rig.Options();
        await using var client = rig.Start(options, new ReconnectOptions { Subscriptions = [new MqttSubscription("a/#", QualityOfService.ExactlyOnce)] });
        using (var first = await rig.Broker.AcceptAsync())
        {
            await first.WelcomeAsync();
            Assert.Equal("SUBSCRIBE 65 a/#:02", await first.ReadAsync());
            await first.SubackAsync(65, ReasonCode.GrantedQoS2);
            await client.EnqueueAsync(ClientRig.Publication("1", qos: 2));
            await client.EnqueueAsync(ClientRig.Publication("2", qos: 2));
            await first.ReadAsync(2);
            await first.AckAsync(PacketType.Pubrec, 1);
            await first.ReadAsync();
            await first.PublishAsync("a/x", "half", 2, 9);
            Assert.Equal("Pubrec 9 00", await first.ReadAsync());
        }

        await PauseAsync(client);
        using var second = await rig.Broker.AcceptAsync();
        Assert.Contains("clean=False", await second.WelcomeAsync(sessionPresent: false), StringComparison.Ordinal);

        // Message 1 is the broker's since PUBREC; 2 is new, without DUP.
        Assert.Equal(["PUBLISH t q2 d=False r=False id=2 2", "SUBSCRIBE 65 a/#:02"], await second.ReadAsync(2));
        await second.SubackAsync(65, ReasonCode.GrantedQoS2);
        await ClientRig.SoonAsync(client.WhenConnectedAsync());
        await second.PublishAsync("a/x", "other", 2, 9);
        Assert.Equal("Pubrec 9 00", await second.ReadAsync());
        Assert.Equal(["half", "other"], [ClientRig.Text(await ClientRig.NextAsync(client)), ClientRig.Text(await ClientRig.NextAsync(client))]);
        Assert.Equal((1, 1), (client.Counts.SessionsLost, client.Counts.Acknowledged));
    }

    [Fact]
    public async Task Delivery_ExactlyOnceAcrossAReconnect_ReachesTheConsumerOnce()
    {
        var options = rig.Options() with { ManualAcknowledgement = true };
        await using var client = rig.Start(options);
        MqttMessage held;
        using (var first = await rig.Broker.WelcomeAsync(sessionPresent: true))
        {
            await first.PublishAsync("t", "held", 2, 7);
            await first.PublishAsync("t", "done", 2, 8);
            held = await ClientRig.NextAsync(client);
            (await ClientRig.NextAsync(client)).Acknowledge(); // must wait for the one before
        }

        using var second = await AgainAsync(client, sessionPresent: true);
        await second.PublishAsync("t", "held", 2, 7, duplicate: true);
        await second.PublishAsync("t", "done", 2, 8, duplicate: true);
        await second.PublishAsync("t", "next", 2, 9);
        var next = await ClientRig.NextAsync(client);
        Assert.Equal("next", ClientRig.Text(next));
        next.Acknowledge();
        held.Acknowledge();

        Assert.Equal(["Pubrec 7 00", "Pubrec 8 00", "Pubrec 9 00"], await second.ReadAsync(3));
    }

    [Fact]
    public async Task Acknowledgement_OfAnEarlierConnectionAtQoS1_AnswersNothing()
    {
        var options = rig.Options() with { ManualAcknowledgement = true };
        await using var client = rig.Start(options);
        MqttMessage old;
        using (var first = await rig.Broker.WelcomeAsync())
        {
            await first.PublishAsync("t", "old", 1, 7);
            old = await ClientRig.NextAsync(client);
        }

        using var second = await AgainAsync(client, sessionPresent: false);
        await second.PublishAsync("t", "new", 1, 7);
        var fresh = await ClientRig.NextAsync(client);
        old.Acknowledge();
        await second.AckAsync(PacketType.Pubrel, 3);
        Assert.Equal("Pubcomp 3 92", await second.ReadAsync());
        fresh.Acknowledge();
        Assert.Equal("Puback 7 00", await second.ReadAsync());
    }

    [Fact]
    public async Task Queue_WithoutConnection_IsBoundedCountedAndKeepsOrder()
    {
        rig.Broker.RefuseNext(1);
        await using var client = rig.Start(reconnect: new ReconnectOptions { QueueMessages = 3 });
        Assert.All(Enumerable.Range(0, 3), i => Assert.True(client.TryEnqueue(ClientRig.Publication($"{i}"))));
        Assert.False(client.TryEnqueue(ClientRig.Publication("refused")));
        Assert.True(client.TryEnqueue(ClientRig.Publication("dropped", qos: 0)));
        var waits = client.PublishAsync(ClientRig.Publication("3"));
        Assert.Equal((3, 2, 1), (client.Counts.Waiting, client.Counts.QueueFull, client.Counts.Dropped));

        using var peer = await AgainAsync(client, sessionPresent: false);
        for (ushort id = 1; id <= 4; id++)
        {
            Assert.Equal($"PUBLISH t q1 d=False r=False id={id} {id - 1}", await peer.ReadAsync());
            await peer.AckAsync(PacketType.Puback, id);
        }

        Assert.Equal(ReasonCode.Success, await ClientRig.SoonAsync(waits));
    }

    [Fact]
    public async Task Publication_ThatExpiresWhileItWaits_IsNotSent()
    {
        rig.Broker.RefuseNext(2);
        var ends = new List<MqttAcknowledgement>();
        var options = rig.Options() with { OnAcknowledged = ends.Add };
        await using var client = rig.Start(options, new ReconnectOptions { FirstPause = TimeSpan.FromSeconds(10), LongestPause = TimeSpan.FromSeconds(10) });
        await client.EnqueueAsync(ClientRig.Publication("stale", properties: new() { Expiry = TimeSpan.FromSeconds(5) }) with { Tag = 1 });
        await client.EnqueueAsync(ClientRig.Publication("fresh", properties: new() { Expiry = TimeSpan.FromSeconds(60) }) with { Tag = 2 });
        await PauseAsync(client);
        using var peer = await AgainAsync(client, sessionPresent: false);

        var packet = await peer.ReadAsync();
        Assert.StartsWith("PUBLISH t q1 d=False r=False id=2 fresh MessageExpiryInterval=", packet, StringComparison.Ordinal);
        Assert.InRange(int.Parse(packet.Split('=')[^1]), 40, 50); // what is left of 60 s after two pauses of at most 10 s
        Assert.Equal([new MqttAcknowledgement(1, ReasonCode.ImplementationSpecificError)], ends);
    }

    [Fact]
    public async Task NewBrokersLimits_WhatItDoesNotTake_EndsAndTheRestGoesOn()
    {
        var ends = new List<MqttAcknowledgement>();
        var options = rig.Options() with { OnAcknowledged = ends.Add };
        await using var client = rig.Start(options);
        using (var first = await rig.Broker.WelcomeAsync())
        {
            await client.EnqueueAsync(ClientRig.Publication(new string('x', 100)) with { Tag = 1 });
            await client.EnqueueAsync(ClientRig.Publication(new string('y', 100), qos: 2) with { Tag = 2 });
            await client.EnqueueAsync(ClientRig.Publication("3") with { Tag = 3 });
            await client.EnqueueAsync(ClientRig.Publication("4") with { Tag = 4 });
            await first.ReadAsync(4);
        }

        await PauseAsync(client);
        using var second = await rig.Broker.WelcomeAsync(true, ClientRig.Properties((PropertyId.MaximumPacketSize, 50), (PropertyId.ReceiveMaximum, 1)));

        // The broker may hold the QoS 2 id: it is released before a new message may use it. One packet at a time.
        Assert.Equal("Pubrel 2 00", await second.ReadAsync());
        await second.AckAsync(PacketType.Pubcomp, 2, ReasonCode.PacketIdentifierNotFound);
        Assert.Equal("PUBLISH t q1 d=True r=False id=3 3", await second.ReadAsync());
        await second.AckAsync(PacketType.Puback, 3);
        Assert.Equal("PUBLISH t q1 d=True r=False id=4 4", await second.ReadAsync());
        await second.AckAsync(PacketType.Puback, 4);
        await ClientRig.SoonAsync(client.DrainAsync());
        Assert.Equal(
            [new(1, ReasonCode.PacketTooLarge), new(2, ReasonCode.PacketTooLarge), new(3, ReasonCode.Success), new MqttAcknowledgement(4, ReasonCode.Success)], ends);
    }

    [Fact]
    public async Task Broker_ThatDoesNotAnswer_IsTriedWithGrowingPauses()
    {
        rig.Broker.RefuseNext(3);
        await using var client = rig.Start(reconnect: new ReconnectOptions { FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(60) });
        foreach (var (attempts, longest) in new[] { (1, 1), (2, 2), (3, 4) })
        {
            await UntilPausingAsync(client);
            Assert.Equal((attempts, MqttClientState.Pausing), (rig.Broker.Attempts, client.Status.State));
            Assert.InRange(client.Status.Pause.TotalSeconds, longest / 2.0, longest);
            rig.Time.Advance(client.Status.Pause - Tolerance);
            Assert.Equal(attempts, rig.Broker.Attempts);
            rig.Time.Advance(Tolerance);
            await TrafficCore.TestKit.Processes.Eventually.ReachesAsync(() => Task.FromResult(rig.Broker.Attempts > attempts ? null : "no attempt"), ScriptedPeer.Patience);
        }

        using var peer = await rig.Broker.WelcomeAsync();
        await ClientRig.SoonAsync(client.WhenConnectedAsync());
    }

    [Fact]
    public async Task Broker_ThatRefusesTheAccount_IsLeftAloneForAWhile()
    {
        var seen = new List<MqttClientStatus>();
        await using var client = rig.Start(reconnect: new ReconnectOptions { OnStatus = seen.Add });
        using (var first = await rig.Broker.AcceptAsync())
        {
            await first.ReadAsync();
            await first.SendAsync(output => MqttEncoder.Connack(output, MqttVersion.V5, false, ReasonCode.BadUserNameOrPassword));
            await UntilPausingAsync(client);
        }

        Assert.Equal((MqttClientState.Pausing, ReasonCode.BadUserNameOrPassword), (client.Status.State, client.Status.Reason!.Value));
        Assert.InRange(client.Status.Pause.TotalSeconds, 30, 60);
        using var second = await AgainAsync(client, false);
        await ClientRig.SoonAsync(client.WhenConnectedAsync());
        Assert.Equal([MqttClientState.Pausing, MqttClientState.Connecting, MqttClientState.Connected], seen.Select(s => s.State));
        Assert.Null(client.Status.Problem);
    }

    [Fact]
    public async Task Client_ThatShallNotRetryRefusals_GivesUpAndTellsEverybody()
    {
        await using var client = rig.Start(reconnect: new ReconnectOptions { RetryRefused = false });
        var published = client.PublishAsync(ClientRig.Publication("x"));
        var subscribed = client.SubscribeAsync(new MqttSubscription("t"));
        var connected = client.WhenConnectedAsync();
        using var peer = await rig.Broker.AcceptAsync();
        await peer.ReadAsync();
        await peer.SendAsync(output => MqttEncoder.Connack(output, MqttVersion.V5, false, ReasonCode.Banned));

        foreach (var task in new Task[] { published, subscribed, connected, client.Messages.Completion })
        {
            Assert.Equal(ReasonCode.Banned, (await Assert.ThrowsAsync<MqttConnectionException>(() => ClientRig.SoonAsync(task))).Reason);
        }

        Assert.Equal(MqttClientState.Ended, client.Status.State);
        Assert.Throws<MqttConnectionException>(() => client.TryEnqueue(ClientRig.Publication("y")));
        await client.DisconnectAsync();
    }

    [Fact]
    public async Task Broker_ThatHasMoved_IsFollowed()
    {
        await using var client = rig.Start();
        using var first = await rig.Broker.AcceptAsync();
        await first.ReadAsync();
        var properties = new PropertyBuilder([]);
        properties.Add(PropertyId.ServerReference, "elsewhere:99"u8);
        var encoded = properties.Written.ToArray();
        await first.SendAsync(output => MqttEncoder.Connack(output, MqttVersion.V5, false, ReasonCode.ServerMoved, encoded));
        using var second = await rig.Broker.WelcomeAsync();
        await ClientRig.SoonAsync(client.WhenConnectedAsync());

        Assert.Equal(["broker:1883", "elsewhere:99"], [await rig.Broker.Places.Reader.ReadAsync(), await rig.Broker.Places.Reader.ReadAsync()]);
        Assert.Equal("elsewhere:99", client.Status.Broker);
    }

    [Fact]
    public async Task Birth_OfEachConnection_GoesBeforeEverything()
    {
        await using var client = rig.Start(rig.Options() with { Birth = ClientRig.Publication("online") with { Retain = true } });
        using (var first = await rig.Broker.WelcomeAsync())
        {
            Assert.Equal("PUBLISH t q0 d=False r=True id=0 online", await first.ReadAsync());
            await client.EnqueueAsync(ClientRig.Publication("1"));
            await first.ReadAsync();
        }

        using var second = await AgainAsync(client, sessionPresent: true);
        Assert.Equal(["PUBLISH t q0 d=False r=True id=0 online", "PUBLISH t q1 d=True r=False id=1 1"], await second.ReadAsync(2));
    }

    [Fact]
    public async Task Subscription_RefusedAtFirst_IsItsCallersAffair()
    {
        await using var client = rig.Start();
        using var peer = await rig.Broker.WelcomeAsync();
        await ClientRig.SoonAsync(client.WhenConnectedAsync());
        var refused = client.SubscribeAsync(new MqttSubscription("no"));
        await peer.ReadAsync();
        await peer.SubackAsync(65, ReasonCode.NotAuthorized);
        Assert.Equal(ReasonCode.NotAuthorized, (await Assert.ThrowsAsync<MqttConnectionException>(() => ClientRig.SoonAsync(refused))).Reason);
        var granted = client.SubscribeAsync(new MqttSubscription("yes"));
        await peer.ReadAsync();
        await peer.SubackAsync(66);

        Assert.Equal(QualityOfService.AtLeastOnce, await ClientRig.SoonAsync(granted));
        Assert.Equal(MqttClientState.Connected, client.Status.State);
    }

    [Fact]
    public async Task Subscription_WithoutWhichAConnectionIsNone_Refused_IsTriedAgainLater()
    {
        await using var client = rig.Start(reconnect: new ReconnectOptions { Subscriptions = [new MqttSubscription("a")] });
        using (var first = await rig.Broker.WelcomeAsync())
        {
            await first.ReadAsync();
            await first.SubackAsync(65, ReasonCode.NotAuthorized);
            await UntilPausingAsync(client);
        }

        Assert.Contains("subscribe 'a'", client.Status.Problem, StringComparison.Ordinal);
        using var second = await AgainAsync(client, false);
        Assert.Equal("SUBSCRIBE 65 a:01", await second.ReadAsync());
        await second.SubackAsync(65);
        await ClientRig.SoonAsync(client.WhenConnectedAsync());
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task CleanStart_ClearsTheWayOnce(MqttVersion version)
    {
        await using var client = rig.Start(rig.Options(version), clean: true);
        using (var clearing = await rig.Broker.AcceptAsync())
        {
            Assert.Contains("clean=True", await clearing.WelcomeAsync(), StringComparison.Ordinal);
            Assert.Equal("Disconnect 00", await clearing.ReadAsync());
            Assert.Equal("closed", await clearing.ReadAsync());
        }

        using (var first = await rig.Broker.AcceptAsync())
        {
            Assert.Contains("clean=False", await first.WelcomeAsync(), StringComparison.Ordinal);
            await ClientRig.SoonAsync(client.WhenConnectedAsync());
        }

        await PauseAsync(client);
        using var second = await rig.Broker.AcceptAsync();
        Assert.Contains("clean=False", await second.WelcomeAsync(sessionPresent: true), StringComparison.Ordinal);
        await ClientRig.SoonAsync(client.WhenConnectedAsync());
    }

    [Fact]
    public async Task Disconnect_SaysGoodByeAndStaysAway()
    {
        await using var client = rig.Start();
        using var peer = await rig.Broker.WelcomeAsync();
        await ClientRig.SoonAsync(client.WhenConnectedAsync());
        var disconnected = client.DisconnectAsync();
        Assert.Equal("Disconnect 00", await peer.ReadAsync());
        peer.Dispose();

        await ClientRig.SoonAsync(disconnected);
        await ClientRig.SoonAsync(client.Messages.Completion);
        Assert.Equal((MqttClientState.Ended, 1), (client.Status.State, rig.Broker.Attempts));
    }

    private static Task UntilAsync(ReconnectingMqttClient client, Func<MqttClientCounts, bool> reached) => TrafficCore.TestKit.Processes.Eventually.ReachesAsync(
        () => Task.FromResult(reached(client.Counts) ? null : client.Counts.ToString()), ScriptedPeer.Patience);

    /// <summary>Returns when the client's pause has begun and waits for the clock.</summary>
    private async Task UntilPausingAsync(ReconnectingMqttClient client)
    {
        await TrafficCore.TestKit.Processes.Eventually.ReachesAsync(
            () => Task.FromResult(client.Status.State == MqttClientState.Pausing ? null : client.Status.ToString()), ScriptedPeer.Patience);
        await rig.Time.WhenTimersAsync(1);
    }

    /// <summary>Lets the client's pause pass, and no more: the next attempt has a time limit by the same clock.</summary>
    private async Task PauseAsync(ReconnectingMqttClient client)
    {
        await UntilPausingAsync(client);
        rig.Time.Advance(client.Status.Pause);
    }

    /// <summary>The next connection, after the pause.</summary>
    private async Task<ScriptedPeer> AgainAsync(ReconnectingMqttClient client, bool sessionPresent)
    {
        await PauseAsync(client);
        return await rig.Broker.WelcomeAsync(sessionPresent);
    }
}
