using System.Text;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Host.Ingress;

/// <summary>The way of one connection's messages into the log.</summary>
/// <remarks>
/// Ownership: the connection's read loop, one call at a time. A message that cannot be judged yet, because the log has no room
/// for the record of a new device, is copied aside with everything behind it and judged by the next
/// <see cref="TryCommit"/>: order is kept and nothing blocks.
/// </remarks>
internal sealed class IngressSession(MqttIngress ingress, ClientIdentity client) : PublishSession
{
    private TopicCache? _topics;
    private byte[]? _clientId;
    private IntakeBatch? _batch;
    private Queue<DeferredPacket>? _deferred;
    private long _end;

    private ReadOnlySpan<byte> ClientId => _clientId ??= Encoding.UTF8.GetBytes(client.ClientId);

    public override PublishOutcome Accept(in PublishView publish)
    {
        if (_deferred is { Count: > 0 })
        {
            return Defer(publish);
        }

        bool exactlyOnce = IsExactlyOnce(publish);
        IntakeResult result = Take(publish.Topic, publish.Payload, exactlyOnce, publish.PacketId, out bool ingested);
        return result == IntakeResult.LogFull ? Defer(publish)
            : !ingested ? PublishOutcome.NotIngested
            : result == IntakeResult.Rejected ? PublishOutcome.Rejected
            : PublishOutcome.Collected;
    }

    public override bool TryRelease(ushort packetId)
    {
        if (_deferred is { Count: > 0 })
        {
            _deferred.Enqueue(new DeferredPacket(DeferredKind.Release, [], [], false, packetId));
        }
        else
        {
            Batch().Writer.AddPacket(RecordType.PacketReleased, packetId, ClientId);
        }

        return true;
    }

    public override void Discard()
    {
        if (_deferred is { Count: > 0 })
        {
            _deferred.Enqueue(new DeferredPacket(DeferredKind.Discard, [], [], false, 0));
        }
        else
        {
            Batch().Writer.AddSessionDiscarded(ClientId);
        }
    }

    public override bool TryCommit(int acks, ICommitWaiter waiter, out long position)
    {
        do
        {
            if (_batch is not null && !TryAppend(ref acks, waiter))
            {
                position = 0;
                return false;
            }
        }
        while (JudgeDeferred());
        position = _end;
        return _deferred is null or { Count: 0 };
    }

    public override ValueTask WaitForRoomAsync(CancellationToken ct) => ingress.Log.WaitForRoomAsync(ct);

    private bool TryAppend(ref int acks, ICommitWaiter waiter)
    {
        IntakeBatch batch = _batch!;
        if (!batch.TryAppend(ingress.Log, ref acks, waiter, ref _end))
        {
            return false;
        }

        ingress.Metrics.Accepted(batch);
        _batch = null;
        IngressScratch.Current.Return(batch);
        return true;
    }

    // Judges what was put aside; true when that made new records to append.
    private bool JudgeDeferred()
    {
        while (_deferred is { Count: > 0 } && _deferred.Peek() is var packet)
        {
            if (packet.Kind == DeferredKind.Release)
            {
                Batch().Writer.AddPacket(RecordType.PacketReleased, packet.PacketId, ClientId);
            }
            else if (packet.Kind == DeferredKind.Discard)
            {
                Batch().Writer.AddSessionDiscarded(ClientId);
            }
            else if (Take(packet.Topic, packet.Payload, packet.ExactlyOnce, packet.PacketId, out _) == IntakeResult.LogFull)
            {
                break;
            }

            _deferred.Dequeue();
        }

        if (_batch is { Writer.IsEmpty: true } empty)
        {
            _batch = null;
            IngressScratch.Current.Return(empty);
        }

        return _batch is not null;
    }

    private IntakeResult Take(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, bool exactlyOnce, ushort packetId, out bool ingested)
    {
        TopicSlot slot = (_topics ??= new TopicCache()).Find(topic, ingress.Root);
        ingested = slot.Topic.Meaning is not (TopicMeaning.Outside or TopicMeaning.RoutedOnly);
        IntakeResult result = IntakeResult.Collected;
        int before = _batch?.Writer.Length ?? 0;
        if (ingested)
        {
            IntakeBatch batch = Batch();
            before = batch.Writer.Length;
            result = ingress.Take(batch, slot, payload);
        }

        if (exactlyOnce && result != IntakeResult.LogFull)
        {
            // The id lies in the record that the packet made; without one, in a record of its own.
            InputRecordWriter writer = Batch().Writer;
            if (writer.Length == before || !writer.AddOrigin(packetId, ClientId))
            {
                writer.AddPacket(RecordType.PacketReceived, packetId, ClientId);
            }
        }

        return result;
    }

    private IntakeBatch Batch()
    {
        if (_batch is null)
        {
            _batch = IngressScratch.Current.Rent();
            _batch.Begin(ingress.Log.Salt, ingress.Clock);
            ingress.Guard.Observe(_batch.ReceivedMs, _batch.ElapsedMs);
        }

        return _batch;
    }

    // A will of QoS 2 is published by the broker itself and has no packet id.
    private static bool IsExactlyOnce(in PublishView publish) => publish.QoS == QualityOfService.ExactlyOnce && publish.PacketId != 0;

    // What it will become is not known yet; "collected" promises only that it is acknowledged when it is durable.
    private PublishOutcome Defer(in PublishView publish)
    {
        ingress.Metrics.Deferred();
        bool exactlyOnce = IsExactlyOnce(publish);
        (_deferred ??= new Queue<DeferredPacket>()).Enqueue(
            new DeferredPacket(DeferredKind.Publish, publish.Topic.ToArray(), publish.Payload.ToArray(), exactlyOnce, publish.PacketId));
        return PublishOutcome.Collected;
    }

    private enum DeferredKind : byte
    {
        Publish,
        Release,
        Discard,
    }

    private readonly record struct DeferredPacket(DeferredKind Kind, byte[] Topic, byte[] Payload, bool ExactlyOnce, ushort PacketId);
}
