using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>Acknowledgements leave after the commit, in the order of what they acknowledge, whatever else happens.</summary>
public sealed class AcknowledgementTests
{
    private const string Topic = "traffic/v1/i1/detector/d1";

    [Fact]
    public async Task Publish_QoS1_IsAcknowledgedOnlyAfterTheCommit()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual);
        using var client = await RawClient.ConnectAsync(host.Port, "c1");
        await client.SendAsync([.. client.Publish(Topic, "a", 1, 1), .. client.Publish(Topic, "b", 1, 2), .. client.Publish(Topic, "c", 0)]);

        Assert.Empty(await client.ReadUntilPongAsync());
        Assert.Equal(["a", "b", "c"], host.Log.Records);

        host.Log.Commit();
        Assert.Equal("Puback 1 00", await client.ReadAsync());
        Assert.Equal("Puback 2 00", await client.ReadAsync());
    }

    [Fact]
    public async Task Publish_OutsideTheRoot_IsAcknowledgedAtOnceButInOrder()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual);
        using var client = await RawClient.ConnectAsync(host.Port, "c1");
        await client.PublishAsync("other/topic", "x", 1, 1);
        Assert.Equal("Puback 1 00", await client.ReadAsync());

        await client.PublishAsync(Topic, "a", 1, 2);
        Assert.Empty(await client.ReadUntilPongAsync());
        await client.PublishAsync("other/topic", "y", 1, 3);
        await client.PublishAsync("other/topic", "z", 2, 4);
        Assert.Empty(await client.ReadUntilPongAsync());

        host.Log.Commit();
        Assert.Equal("Puback 2 00", await client.ReadAsync());
        Assert.Equal("Puback 3 00", await client.ReadAsync());
        Assert.Equal("Pubrec 4 00", await client.ReadAsync());
    }

    [Fact]
    public async Task Publish_Rejected_IsAcknowledgedWith99AfterTheCommit()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual);
        using var v5 = await RawClient.ConnectAsync(host.Port, "c5", MqttVersion.V5);
        using var v3 = await RawClient.ConnectAsync(host.Port, "c3");
        await v5.SendAsync([.. v5.Publish(Topic, "bad", 1, 1), .. v5.Publish(Topic, "bad", 2, 2), .. v5.Publish(Topic, "good", 1, 3)]);
        await v3.PublishAsync(Topic, "bad", 1, 1);
        Assert.Empty(await v5.ReadUntilPongAsync());
        Assert.Empty(await v3.ReadUntilPongAsync());

        host.Log.Commit();
        Assert.Equal("Puback 1 99", await v5.ReadAsync());
        Assert.Equal("Pubrec 2 99", await v5.ReadAsync());
        Assert.Equal("Puback 3 00", await v5.ReadAsync());
        Assert.Equal("Puback 1 00", await v3.ReadAsync());
        Assert.Contains("c5#2 released", host.Log.Records);
    }

    /// <summary>A lost-progress bug of the prototype: the only wake-up came before the acknowledgements were queued.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_FasterThanTheReadLoop_StillAcknowledges(bool inline)
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Immediate, inline: inline);
        using var client = await RawClient.ConnectAsync(host.Port, "c1");
        for (ushort id = 1; id <= 200; id++)
        {
            await client.PublishAsync(Topic, "r" + id, 1, id);
            Assert.Equal($"Puback {id} 00", await client.ReadAsync());
        }
    }

    /// <summary>
    /// The other lost-progress bug: whole packets left in the buffer after back-pressure, marked as examined, are never looked at again. No byte
    /// comes after them here that could wake the loop up.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LogFull_ThenRoom_EverythingReceivedIsTakenInAndAcknowledged(bool inline)
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Immediate, inline: inline);
        using var client = await RawClient.ConnectAsync(host.Port, "c1");
        var payload = new string('x', 1500); // so that one read holds more than one batch
        var burst = new List<byte>();
        for (ushort id = 1; id <= 300; id++)
        {
            burst.AddRange(client.Publish(Topic, id + payload, 1, id));
        }

        host.Log.Fill();
        var sending = client.SendAsync([.. burst]);
        await UntilAsync(() => host.Log.RefusedCommits > 0, "the log refuses");
        host.Log.MakeRoom();
        await sending;
        for (ushort id = 1; id <= 300; id++)
        {
            Assert.Equal($"Puback {id} 00", await client.ReadAsync());
        }

        Assert.Equal(300, host.Log.Records.Count);
    }

    [Fact]
    public async Task LogFull_ReadLoopStopsReading()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Immediate);
        using var client = await RawClient.ConnectAsync(host.Port, "c1");
        host.Log.Fill();
        var burst = client.Publish(Topic, new string('x', 60_000), 1, 1);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var sent = 0;
        try
        {
            while (sent < 100_000_000)
            {
                sent += await client.Socket.SendAsync(burst, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // TCP carries the back-pressure
        }

        Assert.InRange(sent, 1, 50_000_000);
        Assert.InRange(host.Broker.Statistics.PublishesReceived, 1, 40);
    }

    [Fact]
    public async Task ConnectAndPublish_InOneSegment_AreBothHandled()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Immediate);
        using var client = await RawClient.OpenAsync(host.Port);
        var connect = RawClient.Encode(o => MqttEncoder.Connect(o, new ConnectPacket { Version = MqttVersion.V311, ClientId = "c"u8, CleanStart = true }));
        await client.SendAsync([.. connect, .. client.Publish(Topic, "a", 1, 1), 0xC0, 0]);

        Assert.StartsWith("CONNACK", await client.ReadAsync(), StringComparison.Ordinal);
        var answers = new[] { await client.ReadAsync(), await client.ReadAsync() };
        Assert.Equal(["Pingresp 0", "Puback 1 00"], answers.Order());
    }

    [Fact]
    public async Task Publish_SplitAtEveryByte_IsHandled()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Immediate);
        using var client = await RawClient.ConnectAsync(host.Port, "c1");
        foreach (var b in client.Publish(Topic, "abc", 1, 9))
        {
            await client.SendAsync([b]);
        }

        Assert.Equal("Puback 9 00", await client.ReadAsync());
        Assert.Equal(["abc"], host.Log.Records);
    }

    /// <summary>
    /// One connection publishes and subscribes to large messages with a tiny window, so sends are partial all the time, while acknowledgements come
    /// from the committer and answers from the read loop: the stream must stay whole, and acknowledgements in order.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Output_ThreeSourcesAndASlowReader_NeverInterleaves(bool inline)
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Background, o => o.QueueMessages = 100_000, inline: inline);
        using var slow = await RawClient.OpenAsync(host.Port, receiveBuffer: 2048);
        await slow.SendAsync(RawClient.Encode(o => MqttEncoder.Connect(o, new ConnectPacket { Version = MqttVersion.V311, ClientId = "slow"u8, CleanStart = true })));
        await slow.ReadAsync();
        await slow.SubscribeAsync("big/#");
        using var other = await RawClient.ConnectAsync(host.Port, "other");
        var big = new string('y', 20_000);
        var feeding = Task.Run(async () =>
        {
            for (var i = 0; i < 150; i++)
            {
                await other.PublishAsync("big/" + i, big);
            }
        });
        for (ushort id = 1; id <= 400; id++)
        {
            await slow.SendAsync([.. slow.Publish(Topic, "r" + id, 1, id), 0xC0, 0]);
        }

        await feeding;
        int acks = 0, pongs = 0, messages = 0;
        while (acks < 400 || pongs < 400 || messages < 150)
        {
            var packet = await slow.ReadAsync();
            if (packet.StartsWith("Puback", StringComparison.Ordinal))
            {
                Assert.Equal($"Puback {++acks} 00", packet);
            }
            else if (packet.StartsWith("PUBLISH", StringComparison.Ordinal))
            {
                Assert.Equal($"PUBLISH big/{messages++} q0 d=False r=False id=0 {big}", packet);
            }
            else
            {
                Assert.Equal("Pingresp 0", packet);
                pongs++;
            }
        }
    }

    [Fact]
    public async Task Commit_AfterThePeerIsGone_TouchesNobody()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual);
        for (var round = 0; round < 20; round++)
        {
            var gone = await RawClient.ConnectAsync(host.Port, "gone" + round);
            await gone.PublishAsync(Topic, "lost", 1, 1);
            await gone.PingAsync();
            gone.Drop();
            using var next = await RawClient.ConnectAsync(host.Port, "next" + round); // likely with the descriptor of the one before
            host.Log.Commit();
            Assert.Empty(await next.ReadUntilPongAsync());
        }
    }

    internal static Task UntilAsync(Func<bool> reached, string what) =>
        Eventually.ReachesAsync(() => Task.FromResult(reached() ? null : what), TimeSpan.FromSeconds(10));
}
