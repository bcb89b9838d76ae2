using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>Only whole packets are a sign of life, and no packet may take for ever.</summary>
public sealed class ArrivalTests
{
    private static readonly byte[] Publish = [0x30, 0x7F, 0, 1, (byte)'t', .. new byte[124]];
    private static readonly byte[] Reading = [0x32, 10, 0, 1, (byte)'t', 0, 1, .. "12345"u8];
    private static readonly byte[] Ping = [0xC0, 0];

    [Fact]
    public async Task KeepAlive_BytesOfOnePacketDrip_IsClosed()
    {
        var time = new ManualTime();
        await using var piped = new PipedBroker(time);
        await piped.ConnectAsync(MqttVersion.V311, keepAlive: 10);
        var seconds = await DripAsync(piped, time, Publish, TimeSpan.FromSeconds(1));

        Assert.InRange(seconds, 15, 17);
        Assert.Equal(1, piped.Broker.Metrics.ClosedCount(CloseReason.KeepAlive));
    }

    [Fact]
    public async Task KeepAlive_WholePacketsInPieces_IsKeptOpen()
    {
        var time = new ManualTime();
        await using var piped = new PipedBroker(time);
        await piped.ConnectAsync(MqttVersion.V311, keepAlive: 2);
        for (var i = 0; i < 20; i++)
        {
            await piped.SendAsync(Ping.AsMemory(0, 1));
            time.Advance(TimeSpan.FromSeconds(1));
            await piped.SendAsync(Ping.AsMemory(1, 1));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(piped.Running.IsCompleted);
        Assert.Equal(2 * 20, piped.Drain());
    }

    [Fact]
    public async Task Packet_DripsWithoutKeepAlive_IsClosedAfterItsTime()
    {
        var time = new ManualTime();
        await using var piped = new PipedBroker(time, new BrokerOptions { PacketTimeout = TimeSpan.FromSeconds(30) });
        await piped.ConnectAsync(MqttVersion.V311);
        time.Advance(TimeSpan.FromHours(1));
        Assert.False(piped.Running.IsCompleted);
        var seconds = await DripAsync(piped, time, Publish, TimeSpan.FromSeconds(1));

        Assert.InRange(seconds, 30, 32);
        Assert.Equal(1, piped.Broker.Metrics.ClosedCount(CloseReason.PacketTimeout));
    }

    [Fact]
    public async Task Packet_EachInTimeBehindTheOther_IsKeptOpen()
    {
        var time = new ManualTime();
        await using var piped = new PipedBroker(time, new BrokerOptions { PacketTimeout = TimeSpan.FromSeconds(5) });
        await piped.ConnectAsync(MqttVersion.V311);

        // Each send ends inside a packet, so there is always a part of one; but each packet is whole in time.
        byte[] overlapping = [Ping[1], Ping[0]];
        await piped.SendAsync(Ping.AsMemory(0, 1));
        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(3));
            await piped.SendAsync(overlapping);
        }

        Assert.False(piped.Running.IsCompleted);
        Assert.Equal(2 * 10, piped.Drain());
    }

    [Fact]
    public async Task Connect_BytesDrip_IsClosedAfterTheConnectTimeout()
    {
        var time = new ManualTime();
        await using var piped = new PipedBroker(time, new BrokerOptions { ConnectTimeout = TimeSpan.FromSeconds(20) });
        byte[] connect = [0x10, 0x40, 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, 52, .. new byte[52]];
        var seconds = await DripAsync(piped, time, connect, TimeSpan.FromSeconds(1));

        Assert.InRange(seconds, 20, 22);
        Assert.Equal(1, piped.Broker.Metrics.ClosedCount(CloseReason.ConnectTimeout));
    }

    [Fact]
    public async Task KeepAlive_TheLogIsFull_DoesNotRunAgainstTheClient()
    {
        var time = new ManualTime();
        await using var piped = new PipedBroker(time);
        await piped.ConnectAsync(MqttVersion.V311, keepAlive: 10);
        piped.Log.HasRoom = false;
        await piped.SendAsync(Reading);
        time.Advance(TimeSpan.FromMinutes(10));
        piped.Log.HasRoom = true;
        Assert.Equal(4, piped.Drain());
        Assert.False(piped.Running.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(1, piped.Broker.Metrics.ClosedCount(CloseReason.KeepAlive));
    }

    /// <summary>Sends byte by byte until the connection is closed; how many seconds that took.</summary>
    private static async Task<double> DripAsync(PipedBroker piped, ManualTime time, byte[] packet, TimeSpan every)
    {
        var start = time.GetTimestamp();
        for (var i = 0; i < packet.Length - 1 && !piped.Running.IsCompleted; i++)
        {
            await piped.SendAsync(packet.AsMemory(i, 1));
            time.Advance(every);
        }

        Assert.True(piped.Running.IsCompleted);
        return time.GetElapsedTime(start).TotalSeconds;
    }
}
