using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Messages for one client: what waits, what is in flight, and in which state of its QoS.</summary>
/// <remarks>
/// Ownership: any thread may call any member; one short lock. Messages enter from publishers' read loops, leave through the output's one
/// sender, and are completed by the client's read loop. Its other parts: Filling, which puts messages in, and Room, what all sessions share.
/// </remarks>
internal sealed partial class Outbox
{
    private readonly Lock _gate = new();
    private readonly Queue<Delivery> _waiting = new();
    private readonly OrderedDictionary<ushort, InFlight> _inFlight = [];
    private readonly int _maxMessages;
    private readonly int _maxBytes;
    private readonly QueueRoom _room;
    private Queue<ushort>? _resend;
    private long _waitingBytes;
    private int _window;
    private int _open;
    private ushort _lastId;
    private object? _owner;

    public Outbox(int maxMessages, int maxBytes, QueueRoom room)
    {
        _maxMessages = maxMessages;
        _maxBytes = maxBytes;
        _room = room;
    }

    /// <summary>Messages waiting or in flight.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count + _reserved + _inFlight.Count;
            }
        }
    }

    /// <summary>
    /// Takes the next packet to send, in order; false when nothing may be sent now. Only the owner gets any: the sender of a connection that was
    /// taken over may still be running.
    /// </summary>
    /// <param name="owner">Who sends.</param>
    /// <param name="nowMs">Now, for messages that expire.</param>
    /// <param name="durableEnd">How far the journal is durable.</param>
    /// <param name="delivery">What to send.</param>
    public bool TryTake(object owner, long nowMs, long durableEnd, out Delivery delivery)
    {
        lock (_gate)
        {
            delivery = default;
            if (_owner != owner)
            {
                return false;
            }

            return _resend is not null ? TryTakeResendUnderLock(out delivery) || TryTakeNextUnderLock(nowMs, durableEnd, out delivery)
                : TryTakeNextUnderLock(nowMs, durableEnd, out delivery);
        }
    }

    /// <summary>PUBACK, PUBCOMP, or a PUBREC that refuses: the message is done.</summary>
    /// <param name="type">The packet.</param>
    /// <param name="packetId">Which message.</param>
    /// <param name="number">The journal's name for it, or 0.</param>
    public AckResult Complete(PacketType type, ushort packetId, out long number)
    {
        lock (_gate)
        {
            number = 0;
            if (!_inFlight.TryGetValue(packetId, out var entry))
            {
                return AckResult.Unknown;
            }

            // [MQTT-4.3.2-3], [MQTT-4.3.3-5]: QoS 1 ends with PUBACK, QoS 2 with PUBCOMP after PUBREC.
            var fits = entry.Delivery.QoS == QualityOfService.AtLeastOnce ? type == PacketType.Puback
                : type == (entry.Received ? PacketType.Pubcomp : PacketType.Pubrec);
            if (!fits)
            {
                return AckResult.Mismatch;
            }

            RemoveUnderLock(packetId, entry);
            number = entry.Delivery.Number;
            return AckResult.Done;
        }
    }

    /// <summary>PUBREC: from here on only the release is repeated [MQTT-4.3.3-4].</summary>
    public AckResult MarkReceived(ushort packetId, out long number)
    {
        lock (_gate)
        {
            number = 0;
            if (!_inFlight.TryGetValue(packetId, out var entry))
            {
                return AckResult.Unknown;
            }

            if (entry.Delivery.QoS != QualityOfService.ExactlyOnce)
            {
                return AckResult.Mismatch;
            }

            _inFlight[packetId] = entry with { Received = true };
            number = entry.Received ? 0 : entry.Delivery.Number;
            return AckResult.Done;
        }
    }

    /// <summary>It could not be sent and counts as if it had been [MQTT-3.1.2-25].</summary>
    public void Discard(ushort packetId)
    {
        lock (_gate)
        {
            if (_inFlight.TryGetValue(packetId, out var entry))
            {
                RemoveUnderLock(packetId, entry);
            }
        }
    }

    /// <summary>A connection begins: what was in flight is sent again, in its order [MQTT-4.4.0-1], [MQTT-4.6.0-1], within the new window.</summary>
    public void GoOnline(object owner, int window)
    {
        lock (_gate)
        {
            _owner = owner;
            _window = window;
            _open = 0;
            _resend = _inFlight.Count == 0 ? null : new Queue<ushort>(_inFlight.Keys);
            for (var i = 0; i < _inFlight.Count; i++)
            {
                _inFlight.SetAt(i, _inFlight.GetAt(i).Value with { IsOpen = false });
            }
        }
    }

    /// <summary>The same for an outbox that was made while the connection was there already.</summary>
    public void EnsureOnline(object owner, int window)
    {
        lock (_gate)
        {
            _owner = owner;
            _window = window;
        }
    }

    /// <summary>The connection ended; QoS 0 messages that wait are lost with it.</summary>
    public void GoOffline()
    {
        lock (_gate)
        {
            _owner = null;
            _resend = null;
            for (var i = _waiting.Count; i > 0; i--)
            {
                var delivery = _waiting.Dequeue();
                if (delivery.QoS != QualityOfService.AtMostOnce)
                {
                    _waiting.Enqueue(delivery);
                }
                else
                {
                    _waitingBytes -= delivery.Message!.Size;
                    FreeUnderLock(delivery.Message);
                }
            }
        }
    }

    private void RemoveUnderLock(ushort packetId, in InFlight entry)
    {
        _inFlight.Remove(packetId);
        _open -= entry.IsOpen ? 1 : 0;
        FreeUnderLock(entry.Delivery.Message!);
    }

    private bool TryTakeNextUnderLock(long nowMs, long durableEnd, out Delivery delivery)
    {
        delivery = default;
        while (_resend is null && _waiting.TryPeek(out delivery))
        {
            // Releases that are still to be answered count too, also those of earlier connections: else each connection would leave a window's worth behind.
            if (delivery.Position > durableEnd || (delivery.QoS != QualityOfService.AtMostOnce && _inFlight.Count >= _window))
            {
                return false;
            }

            _waiting.Dequeue();
            _waitingBytes -= delivery.Message!.Size;
            if (delivery.Message.IsExpired(nowMs))
            {
                FreeIdUnderLock(delivery.PacketId);
                FreeUnderLock(delivery.Message);
                continue; // [MQTT-3.3.2-5]
            }

            if (delivery.QoS != QualityOfService.AtMostOnce)
            {
                FreeIdUnderLock(delivery.PacketId);
                delivery = delivery.PacketId != 0 ? delivery : delivery with { PacketId = NextIdUnderLock() };
                _inFlight.Add(delivery.PacketId, new InFlight(delivery, Received: false, IsOpen: true));
                _open++;
            }
            else
            {
                FreeUnderLock(delivery.Message);
            }

            return true;
        }

        return false;
    }

    private bool TryTakeResendUnderLock(out Delivery delivery)
    {
        delivery = default;
        while (_resend!.TryPeek(out var id))
        {
            if (!_inFlight.TryGetValue(id, out var entry))
            {
                _resend.Dequeue();
                continue;
            }

            if (!entry.Received && _open >= _window)
            {
                return false; // [MQTT-3.3.4-7] holds for what is sent again too
            }

            _resend.Dequeue();
            if (entry.Received)
            {
                delivery = new Delivery(null, QualityOfService.AtLeastOnce, false, null, id);
                return true;
            }

            _inFlight[id] = entry with { IsOpen = true };
            _open++;
            delivery = entry.Delivery with { Duplicate = true };
            return true;
        }

        _resend = null;
        return false;
    }

    /// <param name="Delivery">The message.</param>
    /// <param name="Received">PUBREC has come.</param>
    /// <param name="IsOpen">It was sent on this connection and takes a place in its window.</param>
    private readonly record struct InFlight(Delivery Delivery, bool Received, bool IsOpen);
}
