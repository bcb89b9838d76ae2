using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>Order, window, bounds and ownership of one client's messages.</summary>
public sealed class OutboxTests
{
    private readonly object _owner = new();
    private readonly Outbox _outbox = new(maxMessages: 3, maxBytes: 1000, new QueueRoom(1_000_000, maxSessions: 1));

    [Fact]
    public void TryTake_WindowFull_WaitsForAnAcknowledgement()
    {
        _outbox.GoOnline(_owner, 2);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(DeliveryResult.Queued, _outbox.Enqueue(Delivery(1)));
        }

        Assert.True(_outbox.TryTake(_owner, 0, 0, out var first));
        Assert.True(_outbox.TryTake(_owner, 0, 0, out _));
        Assert.False(_outbox.TryTake(_owner, 0, 0, out _));
        Assert.Equal(AckResult.Done, _outbox.Complete(PacketType.Puback, first.PacketId, out _));
        Assert.True(_outbox.TryTake(_owner, 0, 0, out var third));
        Assert.Equal(3, third.PacketId);
        Assert.Equal(AckResult.Unknown, _outbox.Complete(PacketType.Puback, 99, out _));
    }

    [Fact]
    public void TryTake_ReleasesOfEarlierConnectionsAreOpen_TakePlacesInTheWindow()
    {
        for (var connection = 0; connection < 3; connection++)
        {
            _outbox.GoOnline(_owner, 2);
            for (var i = 0; i < 2; i++)
            {
                _outbox.Enqueue(Delivery(2));
            }

            while (_outbox.TryTake(_owner, 0, 0, out var next))
            {
                if (!next.IsRelease)
                {
                    Assert.Equal(AckResult.Done, _outbox.MarkReceived(next.PacketId, out _));
                }
            }

            _outbox.GoOffline();
        }

        _outbox.GoOnline(_owner, 2);
        Assert.True(_outbox.TryTake(_owner, 0, 0, out var first) && first.IsRelease);
        Assert.True(_outbox.TryTake(_owner, 0, 0, out var second) && second.IsRelease);
        Assert.False(_outbox.TryTake(_owner, 0, 0, out _));
        Assert.Equal(AckResult.Done, _outbox.Complete(PacketType.Pubcomp, first.PacketId, out _));
        Assert.True(_outbox.TryTake(_owner, 0, 0, out var message) && !message.IsRelease);
    }

    [Fact]
    public void TryTake_ByAConnectionThatWasTakenOver_GetsNothing()
    {
        _outbox.GoOnline(_owner, 10);
        _outbox.Enqueue(Delivery(1));
        _outbox.GoOffline();
        var next = new object();
        _outbox.GoOnline(next, 10);

        Assert.False(_outbox.TryTake(_owner, 0, 0, out _));
        Assert.True(_outbox.TryTake(next, 0, 0, out _));
    }

    [Fact]
    public void Enqueue_BoundsReached_SaysFull()
    {
        _outbox.GoOnline(_owner, 10);
        Assert.Equal(DeliveryResult.Full, _outbox.Enqueue(Delivery(1, size: 2000)));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(DeliveryResult.Queued, _outbox.Enqueue(Delivery(0)));
        }

        Assert.Equal(DeliveryResult.Full, _outbox.Enqueue(Delivery(0)));
    }

    [Fact]
    public void GoOffline_LosesQoS0Only()
    {
        _outbox.GoOnline(_owner, 10);
        _outbox.Enqueue(Delivery(0));
        _outbox.Enqueue(Delivery(1));
        _outbox.GoOffline();
        Assert.Equal(DeliveryResult.Offline, _outbox.Enqueue(Delivery(0)));
        _outbox.GoOnline(_owner, 10);

        Assert.True(_outbox.TryTake(_owner, 0, 0, out var delivery));
        Assert.Equal(QualityOfService.AtLeastOnce, delivery.QoS);
        Assert.False(_outbox.TryTake(_owner, 0, 0, out _));
    }

    [Fact]
    public void PacketIds_OverManyMessages_AreNeverZeroNorInUse()
    {
        _outbox.GoOnline(_owner, 10);
        _outbox.Enqueue(Delivery(1));
        Assert.True(_outbox.TryTake(_owner, 0, 0, out var held));
        for (var i = 0; i < 70_000; i++)
        {
            _outbox.Enqueue(Delivery(1));
            Assert.True(_outbox.TryTake(_owner, 0, 0, out var next));
            Assert.NotEqual(0, next.PacketId);
            Assert.NotEqual(held.PacketId, next.PacketId);
            Assert.Equal(AckResult.Done, _outbox.Complete(PacketType.Puback, next.PacketId, out _));
        }
    }

    private static Delivery Delivery(int qos, int size = 1) => new(
        new ApplicationMessage("t"u8.ToArray(), new byte[size], [], (QualityOfService)qos, false, ApplicationMessage.NeverExpires),
        (QualityOfService)qos, false, null);
}
