namespace TrafficCore.Simulators.Load;

/// <summary>Messages at QoS 1 and 2 that the broker has not answered, by packet id 1..capacity. Grows to its capacity as it is needed.</summary>
/// <remarks>Ownership: its connection, under the connection's lock. An id is used again only after its exchange is over [MQTT-2.2.1-4].</remarks>
internal sealed class InFlightMessages(int capacity)
{
    private Slot[] _slots = new Slot[Math.Min(4, capacity)];
    private ushort[] _free = new ushort[Math.Min(4, capacity)];
    private int _freeCount;
    private int _used;
    private long _order;

    /// <summary>Messages that are not answered.</summary>
    public int Count => _used - _freeCount;

    /// <summary>Whether one more may be sent while the broker takes at most so many.</summary>
    public bool HasRoom(int limit) => Count < Math.Min(limit, capacity);

    /// <summary>Keeps a message until its answer and returns its packet id; there must be room.</summary>
    public ushort Add(in LoadMessage message)
    {
        var id = _freeCount > 0 ? _free[--_freeCount] : (ushort)++_used;
        if (id > _slots.Length)
        {
            Array.Resize(ref _slots, Math.Min(capacity, _slots.Length * 2));
            Array.Resize(ref _free, _slots.Length);
        }

        _slots[id - 1] = new Slot(message, ++_order, false);
        return id;
    }

    /// <summary>PUBREC: the broker has the message.</summary>
    /// <returns>False when nothing was sent under the id.</returns>
    public bool TryRelease(ushort id)
    {
        if (!IsUsed(id))
        {
            return false;
        }

        _slots[id - 1] = _slots[id - 1] with { IsReleased = true };
        return true;
    }

    /// <summary>The last answer. False when nothing was sent under the id.</summary>
    public bool TryRemove(ushort id, out LoadMessage message)
    {
        message = IsUsed(id) ? _slots[id - 1].Message : default;
        if (message.Unit is null)
        {
            return false;
        }

        _slots[id - 1] = default;
        _free[_freeCount++] = id;
        return true;
    }

    /// <summary>Forgets everything and returns it in the order of sending; released ones are the broker's already [MQTT-4.3.3-6].</summary>
    public IReadOnlyList<(LoadMessage Message, bool IsReleased)> TakeAll()
    {
        var all = _slots.Where(static s => s.Order != 0).OrderBy(static s => s.Order).Select(static s => (s.Message, s.IsReleased)).ToList();
        Array.Clear(_slots);
        _used = _freeCount = 0;
        return all;
    }

    private bool IsUsed(ushort id) => id != 0 && id <= _used && _slots[id - 1].Order != 0;

    private readonly record struct Slot(LoadMessage Message, long Order, bool IsReleased);
}
