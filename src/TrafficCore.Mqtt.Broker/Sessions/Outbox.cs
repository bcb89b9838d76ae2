using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Messages for one client: what waits, what is in flight, and in which state of its QoS.</summary>
/// <remarks>
/// Ownership: any thread may call any member; one short lock. Messages enter from publishers' read loops, leave through the output's one
/// sender, and are completed by the client's read loop.
/// </remarks>
internal sealed class Outbox
{
    private readonly Lock _gate = new();
    private readonly Queue<Delivery> _waiting = new();
    private readonly OrderedDictionary<ushort, InFlight> _inFlight = [];
    private readonly int _maxMessages;
    private readonly int _maxBytes;
    private Queue<ushort>? _resend;
    private long _waitingBytes;
    private int _window;
    private ushort _lastId;
    private object? _owner;

    public Outbox(int maxMessages, int maxBytes)
    {
        _maxMessages = maxMessages;
        _maxBytes = maxBytes;
    }

    /// <summary>Messages waiting or in flight.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count + _inFlight.Count;
            }
        }
    }

    /// <summary>Nothing more is queued.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return IsFullUnderLock;
            }
        }
    }

    private bool IsFullUnderLock => _waiting.Count >= _maxMessages || _waitingBytes > _maxBytes;

    public DeliveryResult Enqueue(in Delivery delivery)
    {
        lock (_gate)
        {
            if (_owner is null && delivery.QoS == QualityOfService.AtMostOnce)
            {
                return DeliveryResult.Offline;
            }

            if (_waiting.Count >= _maxMessages || _waitingBytes + delivery.Message!.Size > _maxBytes)
            {
                return DeliveryResult.Full;
            }

            EnqueueUnderLock(delivery);
            return DeliveryResult.Queued;
        }
    }

    /// <summary>
    /// Queues the retained messages of a new subscription whole, even past the bounds, unless these are reached already: cutting them would
    /// show a client an arbitrary part of a city.
    /// </summary>
    public int EnqueueRetained(List<ApplicationMessage> messages, SubscribeOptions options, uint[]? identifiers)
    {
        lock (_gate)
        {
            if (IsFullUnderLock)
            {
                return 0;
            }

            foreach (var message in messages)
            {
                EnqueueUnderLock(new Delivery(message, Min(message.QoS, options.QoS), Retain: true, identifiers));
            }

            return messages.Count;
        }
    }

    /// <summary>
    /// Takes the next packet to send, in order; false when nothing may be sent now. Only the owner gets any: the sender of a connection that was
    /// taken over may still be running.
    /// </summary>
    public bool TryTake(object owner, long nowMs, out Delivery delivery)
    {
        lock (_gate)
        {
            if (_owner != owner)
            {
                delivery = default;
                return false;
            }

            if (TryTakeResendUnderLock(out delivery))
            {
                return true;
            }

            while (_waiting.TryPeek(out delivery))
            {
                if (delivery.QoS != QualityOfService.AtMostOnce && _inFlight.Count >= _window)
                {
                    return false;
                }

                _waiting.Dequeue();
                _waitingBytes -= delivery.Message!.Size;
                if (delivery.Message.IsExpired(nowMs))
                {
                    continue; // [MQTT-3.3.2-5]
                }

                if (delivery.QoS != QualityOfService.AtMostOnce)
                {
                    delivery = delivery with { PacketId = NextIdUnderLock() };
                    _inFlight.Add(delivery.PacketId, new InFlight(delivery, Received: false));
                }

                return true;
            }

            return false;
        }
    }

    /// <summary>PUBACK, PUBCOMP, or a PUBREC that refuses: the message is done. False when the identifier is unknown.</summary>
    public bool Complete(ushort packetId)
    {
        lock (_gate)
        {
            return _inFlight.Remove(packetId);
        }
    }

    /// <summary>PUBREC: from here on only the release is repeated [MQTT-4.3.3-4].</summary>
    public bool MarkReceived(ushort packetId)
    {
        lock (_gate)
        {
            if (!_inFlight.TryGetValue(packetId, out var entry))
            {
                return false;
            }

            _inFlight[packetId] = entry with { Received = true };
            return true;
        }
    }

    /// <summary>A connection begins: what was in flight is sent again, in its order [MQTT-4.4.0-1], [MQTT-4.6.0-1].</summary>
    public void GoOnline(object owner, int window)
    {
        lock (_gate)
        {
            _owner = owner;
            _window = window;
            _resend = _inFlight.Count == 0 ? null : new Queue<ushort>(_inFlight.Keys);
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
                }
            }
        }
    }

    private static QualityOfService Min(QualityOfService a, QualityOfService b) => a < b ? a : b;

    private void EnqueueUnderLock(in Delivery delivery)
    {
        _waiting.Enqueue(delivery);
        _waitingBytes += delivery.Message!.Size;
    }

    private bool TryTakeResendUnderLock(out Delivery delivery)
    {
        while (_resend is not null && _resend.TryDequeue(out var id))
        {
            if (_inFlight.TryGetValue(id, out var entry))
            {
                delivery = entry.Received
                    ? new Delivery(null, QualityOfService.AtLeastOnce, false, null, id)
                    : entry.Delivery with { Duplicate = true };
                return true;
            }
        }

        _resend = null;
        delivery = default;
        return false;
    }

    private ushort NextIdUnderLock()
    {
        do
        {
            _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
        }
        while (_inFlight.ContainsKey(_lastId));
        return _lastId;
    }

    private readonly record struct InFlight(Delivery Delivery, bool Received);
}
