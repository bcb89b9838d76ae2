using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>How messages get into an outbox, and under which packet ids.</summary>
internal sealed partial class Outbox
{
    // What the journal holds has its packet id before it is sent: after a crash it goes out under the same one, so that the client knows it again.
    private HashSet<ushort>? _reservedIds;
    private int _reserved;
    private long _lastNumber;

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

    private bool IsFullUnderLock => _waiting.Count + _reserved >= _maxMessages || _waitingBytes > _maxBytes;

    public DeliveryResult Enqueue(in Delivery delivery)
    {
        lock (_gate)
        {
            if (_isOver || (_owner is null && delivery.QoS == QualityOfService.AtMostOnce))
            {
                return DeliveryResult.Offline;
            }

            var result = TakeRoomUnderLock(delivery.Message!);
            if (result == DeliveryResult.Queued)
            {
                _waiting.Enqueue(delivery);
            }

            return result;
        }
    }

    /// <summary>Gives a message for the journal its number, packet id and room; <see cref="EnqueueReserved"/> follows when it is appended.</summary>
    public DeliveryResult Reserve(ref Delivery delivery)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return DeliveryResult.Offline;
            }

            var result = HasIdUnderLock ? TakeRoomUnderLock(delivery.Message!) : DeliveryResult.Full;
            if (result == DeliveryResult.Queued)
            {
                ReserveUnderLock(ref delivery);
            }

            return result;
        }
    }

    /// <summary>The same for one of the messages that <see cref="TakeRoom"/> has taken room for. False: it goes to nobody, and its room is free.</summary>
    public bool TryReserveTaken(ref Delivery delivery)
    {
        lock (_gate)
        {
            if (_isOver || !HasIdUnderLock)
            {
                GiveBackUnderLock(delivery.Message!);
                return false;
            }

            ReserveUnderLock(ref delivery);
            return true;
        }
    }

    /// <summary>The same for one that the journal does not hold.</summary>
    public bool TryEnqueueTaken(in Delivery delivery)
    {
        lock (_gate)
        {
            if (_isOver || (_owner is null && delivery.QoS == QualityOfService.AtMostOnce))
            {
                GiveBackUnderLock(delivery.Message!);
                return false;
            }

            _waiting.Enqueue(delivery);
            return true;
        }
    }

    /// <summary>Queues what was reserved.</summary>
    public void EnqueueReserved(in Delivery delivery)
    {
        lock (_gate)
        {
            _reserved--;
            if (!_isOver)
            {
                _waiting.Enqueue(delivery);
            }
        }
    }

    /// <summary>
    /// Queues the retained messages of a new subscription whole, even past the bounds of the session, unless these are reached already: cutting them would
    /// show a client an arbitrary part of a city.
    /// </summary>
    public DeliveryResult EnqueueRetained(List<ApplicationMessage> messages, SubscribeOptions options, uint[]? identifiers)
    {
        lock (_gate)
        {
            var result = TakeRoomUnderLock(messages);
            if (result == DeliveryResult.Queued)
            {
                foreach (var message in messages)
                {
                    _waiting.Enqueue(new Delivery(message, Min(message.QoS, options.QoS), Retain: true, identifiers));
                }
            }

            return result;
        }
    }

    /// <summary>Takes room for the retained messages of a new subscription as <see cref="EnqueueRetained"/> does; each is then queued by itself.</summary>
    public DeliveryResult TakeRoom(List<ApplicationMessage> messages)
    {
        lock (_gate)
        {
            return TakeRoomUnderLock(messages);
        }
    }

    /// <summary>Puts back what the journal held when the service began: first what may have been sent, then what was not; both in their order.</summary>
    /// <param name="delivery">With number and packet id.</param>
    /// <param name="maySent">It may have been sent before the restart.</param>
    /// <param name="received">PUBREC had come.</param>
    /// <param name="lastNumber">The highest number that the session has given.</param>
    public void Restore(in Delivery delivery, bool maySent, bool received, long lastNumber)
    {
        lock (_gate)
        {
            _lastNumber = Math.Max(_lastNumber, lastNumber);
            _lastId = delivery.PacketId;
            KeepUnderLock(delivery.Message!);
            if (maySent || received)
            {
                _inFlight[delivery.PacketId] = new InFlight(delivery, received, IsOpen: false);
                return;
            }

            (_reservedIds ??= []).Add(delivery.PacketId);
            _waitingBytes += delivery.Message!.Size;
            _waiting.Enqueue(delivery);
        }
    }

    private static QualityOfService Min(QualityOfService a, QualityOfService b) => a < b ? a : b;

    private bool HasIdUnderLock => (_reservedIds?.Count ?? 0) + _inFlight.Count < ushort.MaxValue;

    private DeliveryResult TakeRoomUnderLock(ApplicationMessage message)
    {
        if (_waiting.Count + _reserved >= _maxMessages || _waitingBytes + message.Size > _maxBytes)
        {
            return DeliveryResult.Full;
        }

        if (!TryKeepUnderLock(CostOf(message)))
        {
            return DeliveryResult.NoRoom;
        }

        _waitingBytes += message.Size;
        return DeliveryResult.Queued;
    }

    private DeliveryResult TakeRoomUnderLock(List<ApplicationMessage> messages)
    {
        if (_isOver)
        {
            return DeliveryResult.Offline;
        }

        if (IsFullUnderLock)
        {
            return DeliveryResult.Full;
        }

        if (!TryKeepUnderLock(messages.Sum(CostOf)))
        {
            return DeliveryResult.NoRoom;
        }

        _waitingBytes += messages.Sum(static m => (long)m.Size);
        return DeliveryResult.Queued;
    }

    private void GiveBackUnderLock(ApplicationMessage message)
    {
        if (!_isOver)
        {
            _waitingBytes -= message.Size;
            FreeUnderLock(message);
        }
    }

    private void ReserveUnderLock(ref Delivery delivery)
    {
        var id = NextIdUnderLock();
        (_reservedIds ??= []).Add(id);
        _reserved++;
        delivery = delivery with { PacketId = id, Number = ++_lastNumber };
    }

    private void FreeIdUnderLock(ushort id)
    {
        if (id != 0)
        {
            _reservedIds?.Remove(id);
        }
    }

    private ushort NextIdUnderLock()
    {
        do
        {
            _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
        }
        while (_inFlight.ContainsKey(_lastId) || _reservedIds?.Contains(_lastId) == true);
        return _lastId;
    }
}
