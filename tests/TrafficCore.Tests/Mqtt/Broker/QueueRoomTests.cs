using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>What all queues together may keep, and what each has to itself.</summary>
public sealed class QueueRoomTests
{
    private const int Payload = 1000;
    private const int Cost = 1 + Payload + Outbox.MessageCost;

    private readonly object _owner = new();

    [Fact]
    public void ReceivedIds_BeyondTheReceiveMaximum_TakeRoomUntilTheyAreReleasedOrTheSessionEnds()
    {
        var room = new QueueRoom(1000, maxSessions: 1);
        var ids = new ReceivedPacketIds(room, receiveMaximum: 2);
        for (ushort id = 1; ids.HasRoom; id++)
        {
            ids.Add(id);
            ids.Add(id); // a repeat costs nothing
        }

        Assert.Equal((2 + (500 / ReceivedPacketIds.Cost), 500 / ReceivedPacketIds.Cost * ReceivedPacketIds.Cost), (ids.Count, room.Used));
        Assert.True(ids.Remove(1));
        Assert.False(ids.Remove(1));
        Assert.True(ids.HasRoom);
        ids.End();
        Assert.Equal(0, room.Used);
        Assert.True(ids.Contains(2), "what the log has to forget is still known");
    }

    [Fact]
    public void Enqueue_CommonRoomUsedUp_RefusesWhoHasItsShareAndNobodyElse()
    {
        var room = new QueueRoom(40 * Cost, maxSessions: 10); // 20 are shares of 2 each
        var hoarders = Enumerable.Range(0, 3).Select(_ => NewOutbox(room)).ToList();
        Assert.Equal(20 + (3 * 2), Enumerable.Range(0, 90).Count(i => hoarders[i % 3].Enqueue(Message()) == DeliveryResult.Queued));
        Assert.Equal(20 * Cost, room.Used);

        var others = Enumerable.Range(0, 7).Select(_ => NewOutbox(room)).ToList();
        foreach (var other in others)
        {
            Assert.Equal(
                [DeliveryResult.Queued, DeliveryResult.Queued, DeliveryResult.NoRoom, DeliveryResult.NoRoom], Enumerable.Range(0, 4).Select(_ => other.Enqueue(Message())));
        }

        // What is acknowledged makes room again, and not before.
        hoarders[0].GoOnline(_owner, 10);
        Assert.True(hoarders[0].TryTake(_owner, 0, 0, out var sent));
        Assert.Equal(DeliveryResult.NoRoom, others[0].Enqueue(Message()));
        Assert.Equal(AckResult.Done, hoarders[0].Complete(PacketType.Puback, sent.PacketId, out _));
        Assert.Equal(DeliveryResult.Queued, others[0].Enqueue(Message()));
    }

    [Fact]
    public void EnqueueRetained_MoreThanThereIsRoomFor_IsRefusedWhole()
    {
        var room = new QueueRoom(40 * Cost, maxSessions: 10);
        var outbox = NewOutbox(room);
        Assert.Equal(DeliveryResult.NoRoom, outbox.EnqueueRetained(Messages(23), default, null));
        Assert.Equal((0, 0), (outbox.Count, room.Used));
        Assert.Equal(DeliveryResult.Queued, outbox.EnqueueRetained(Messages(22), default, null));
        Assert.Equal(20 * Cost, room.Used);
    }

    [Fact]
    public void Restore_MoreThanThereIsRoomFor_IsKeptAndCounts()
    {
        var room = new QueueRoom(4 * Cost, maxSessions: 1);
        var outbox = NewOutbox(room);
        for (ushort id = 1; id <= 10; id++)
        {
            outbox.Restore(Message() with { PacketId = id, Number = id }, maySent: id <= 3, received: id == 1, lastNumber: 10);
        }

        Assert.Equal((10, 8 * Cost), (outbox.Count, room.Used));
        Assert.Equal(DeliveryResult.NoRoom, outbox.Enqueue(Message()));
        outbox.End();
        Assert.Equal(0, room.Used);
    }

    [Fact]
    public void End_WithWhatIsStillOnItsWayIntoTheQueue_LeavesNothingBehind()
    {
        var room = new QueueRoom(8 * Cost, maxSessions: 4);
        var outbox = NewOutbox(room);
        var reserved = Message();
        Assert.Equal(DeliveryResult.Queued, outbox.Reserve(ref reserved));
        Assert.Equal(DeliveryResult.Queued, outbox.TakeRoom(Messages(2)));
        var late = Message();
        outbox.End();
        outbox.EnqueueReserved(reserved);
        Assert.False(outbox.TryReserveTaken(ref late));
        Assert.False(outbox.TryEnqueueTaken(Message()));
        Assert.Equal(DeliveryResult.Offline, outbox.Enqueue(Message()));
        Assert.Equal(DeliveryResult.Offline, outbox.Reserve(ref late));
        Assert.Equal(DeliveryResult.Offline, outbox.TakeRoom(Messages(1)));
        Assert.Equal((0, 0), (outbox.Count, room.Used));
    }

    [Fact]
    public void Room_WhateverIsDone_IsWhatSessionsKeepBeyondTheirSharesAndIsGivenBack()
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            var random = new Random(seed);
            var room = new QueueRoom(30 * Cost, maxSessions: 5);
            var outboxes = Enumerable.Range(0, 5).Select(_ => NewOutbox(room)).ToList();
            var sent = outboxes.Select(_ => new List<Delivery>()).ToList();
            for (var step = 0; step < 500; step++)
            {
                var i = random.Next(5);
                Change(random, outboxes[i], sent[i]);
                Assert.Equal(outboxes.Sum(o => Math.Max(0, (o.Count * (long)Cost) - room.Share)), room.Used);
                Assert.InRange(room.Used, 0, 15 * Cost);
            }

            outboxes.ForEach(o => o.End());
            Assert.Equal(0, room.Used);
        }
    }

    [Fact]
    public async Task TryTake_FromManyThreads_NeverGivesMoreThanThereIs()
    {
        var room = new QueueRoom(2000, maxSessions: 1);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 1000).Count(_ => room.TryTake(1)))));
        Assert.Equal((1000, 1000), (taken.Sum(), room.Used));
    }

    private void Change(Random random, Outbox outbox, List<Delivery> sent)
    {
        switch (random.Next(7))
        {
            case 0:
                outbox.GoOnline(_owner, random.Next(1, 5));
                break;
            case 1:
                outbox.GoOffline();
                break;
            case 2 when outbox.TryTake(_owner, random.Next(3), 0, out var next) && next is { IsRelease: false, QoS: not QualityOfService.AtMostOnce }:
                sent.Add(next);
                break;
            case 3 when sent.Count > 0:
                var done = sent[random.Next(sent.Count)];
                if (random.Next(2) == 0)
                {
                    outbox.Discard(done.PacketId);
                }
                else if (outbox.MarkReceived(done.PacketId, out _) == AckResult.Done)
                {
                    outbox.Complete(PacketType.Pubcomp, done.PacketId, out _);
                }
                else
                {
                    outbox.Complete(PacketType.Puback, done.PacketId, out _);
                }

                break;
            case 4:
                outbox.EnqueueRetained(Messages(random.Next(1, 4)), default, null);
                break;
            case 5:
                var reserved = Message(random.Next(1, 3));
                if (outbox.Reserve(ref reserved) == DeliveryResult.Queued)
                {
                    outbox.EnqueueReserved(reserved);
                }

                break;
            default:
                outbox.Enqueue(Message(random.Next(3), expiresAt: random.Next(4)));
                break;
        }
    }

    private static Outbox NewOutbox(QueueRoom room) => new(maxMessages: 1000, maxBytes: 1_000_000, room);

    private static List<ApplicationMessage> Messages(int count) => [.. Enumerable.Range(0, count).Select(_ => Message().Message!)];

    private static Delivery Message(int qos = 1, long expiresAt = ApplicationMessage.NeverExpires) => new(
        new ApplicationMessage("t"u8.ToArray(), new byte[Payload], [], (QualityOfService)qos, false, expiresAt), (QualityOfService)qos, false, null);
}
