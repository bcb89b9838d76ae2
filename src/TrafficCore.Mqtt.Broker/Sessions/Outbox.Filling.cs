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
            if (_owner is null && delivery.QoS == QualityOfService.AtMostOnce)
            {
                return DeliveryResult.Offline;
            }

            if (!HasRoomUnderLock(delivery.Message!.Size))
            {
                return DeliveryResult.Full;
            }

            EnqueueUnderLock(delivery);
            return DeliveryResult.Queued;
        }
    }

    /// <summary>Gives a message for the journal its number, packet id and room; <see cref="EnqueueReserved"/> follows when it is appended.</summary>
    /// <param name="delivery">The message; numbered on success.</param>
    /// <param name="isLimited">False for retained messages of a new subscription; see <see cref="EnqueueRetained"/>.</param>
    public DeliveryResult Reserve(ref Delivery delivery, bool isLimited = true)
    {
        lock (_gate)
        {
            var used = (_reservedIds ??= []).Count + _inFlight.Count;
            if ((isLimited && !HasRoomUnderLock(delivery.Message!.Size)) || used >= ushort.MaxValue)
            {
                return DeliveryResult.Full;
            }

            var id = NextIdUnderLock();
            _reservedIds.Add(id);
            _reserved++;
            _waitingBytes += delivery.Message!.Size;
            delivery = delivery with { PacketId = id, Number = ++_lastNumber };
            return DeliveryResult.Queued;
        }
    }

    /// <summary>Queues what was reserved.</summary>
    public void EnqueueReserved(in Delivery delivery)
    {
        lock (_gate)
        {
            _reserved--;
            _waiting.Enqueue(delivery);
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
            if (maySent || received)
            {
                _inFlight[delivery.PacketId] = new InFlight(delivery, received, IsOpen: false);
                return;
            }

            (_reservedIds ??= []).Add(delivery.PacketId);
            EnqueueUnderLock(delivery);
        }
    }

    private static QualityOfService Min(QualityOfService a, QualityOfService b) => a < b ? a : b;

    private bool HasRoomUnderLock(int size) => _waiting.Count + _reserved < _maxMessages && _waitingBytes + size <= _maxBytes;

    private void EnqueueUnderLock(in Delivery delivery)
    {
        _waiting.Enqueue(delivery);
        _waitingBytes += delivery.Message!.Size;
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
