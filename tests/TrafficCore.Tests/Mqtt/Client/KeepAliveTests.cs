using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Client;

/// <summary>Pings and silence, by the test's clock.</summary>
public sealed class KeepAliveTests
{
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(5);

    private readonly ClientRig rig = new();

    [Fact]
    public async Task Idle_Connection_AsksTwiceAPeriodAndLives()
    {
        var (client, peer) = await ConnectAsync();
        await using var _ = client;
        for (var i = 0; i < 4; i++)
        {
            rig.Time.Advance(Half);
            Assert.Equal("Pingreq 0", await peer.ReadAsync());
            await peer.SendAsync(new byte[] { 0xD0, 0 });
            await peer.PublishAsync("t", "seen"); // what the client has read, it has counted
            await ClientRig.NextAsync(client);
        }

        Assert.False(client.Completion.IsCompleted);
    }

    [Fact]
    public async Task Silent_Broker_IsTakenForDead()
    {
        var (client, peer) = await ConnectAsync();
        await using var _ = client;
        rig.Time.Advance(Half);
        Assert.Equal("Pingreq 0", await peer.ReadAsync());
        rig.Time.Advance(Half);

        Assert.Contains("no answer to a ping", (await ClientRig.SoonAsync(client.Completion))!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Busy_Connection_IsNotAsked()
    {
        var (client, peer) = await ConnectAsync();
        await using var _ = client;
        for (ushort id = 1; id <= 5; id++)
        {
            var published = client.PublishAsync(ClientRig.Publication("x"));
            Assert.StartsWith("PUBLISH", await peer.ReadAsync(), StringComparison.Ordinal);
            await peer.AckAsync(PacketType.Puback, id);
            await ClientRig.SoonAsync(published);
            await ClientRig.SoonAsync(client.DrainAsync()); // written and counted
            rig.Time.Advance(Half);
        }

        await client.EnqueueAsync(ClientRig.Publication("after", qos: 0));
        Assert.Contains("after", await peer.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscriber_ThatOnlyListens_StillSpeaksToTheBroker()
    {
        var (client, peer) = await ConnectAsync();
        await using var _ = client;
        await peer.PublishAsync("t", "x");
        await ClientRig.NextAsync(client);
        rig.Time.Advance(Half);

        Assert.Equal("Pingreq 0", await peer.ReadAsync());
    }

    [Fact]
    public async Task Reader_ThatHoldsTheBrokerBack_IsNotTakenForASilentBroker()
    {
        var (client, peer) = await ConnectAsync(o => o with { MaxQueuedMessages = 1 });
        await using var _ = client;
        await peer.PublishAsync("t", "1");
        await peer.PublishAsync("t", "2");
        await ClientRig.SoonAsync(client.Messages.WaitToReadAsync().AsTask());
        for (var i = 0; i < 4; i++)
        {
            rig.Time.Advance(Half);
        }

        Assert.Equal("1", ClientRig.Text(await ClientRig.NextAsync(client)));
        Assert.Equal("2", ClientRig.Text(await ClientRig.NextAsync(client)));
        Assert.False(client.Completion.IsCompleted);
    }

    [Fact]
    public async Task Broker_AsksForAnotherKeepAlive_GetsIt()
    {
        var (client, peer) = await ConnectAsync(properties: ClientRig.Properties((PropertyId.ServerKeepAlive, 2)));
        await using var _ = client;
        rig.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("Pingreq 0", await peer.ReadAsync());
    }

    /// <summary>Returns when the keep-alive loop waits for the clock: a clock that moves before it would not be noticed.</summary>
    private async Task<(MqttClient Client, TrafficCore.TestKit.Mqtt.ScriptedPeer Peer)> ConnectAsync(Func<MqttClientOptions, MqttClientOptions>? change = null, byte[]? properties = null)
    {
        var options = rig.Options() with { KeepAlive = Half * 2 };
        var connected = await rig.ConnectAsync(change?.Invoke(options) ?? options, properties);
        await rig.Time.WhenTimersAsync(1);
        return connected;
    }
}
