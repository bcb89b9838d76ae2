using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Publications at QoS 1 that wait for PUBACK, by packet id 1..capacity.</summary>
/// <remarks>Ownership: every member under the client's lock. An id is used again only after its acknowledgement [MQTT-2.2.1-4].</remarks>
internal sealed class InFlightWindow
{
    private readonly Slot[] _slots;
    private readonly Queue<ushort> _free;
    private long _order;

    public InFlightWindow(int capacity)
    {
        _slots = new Slot[capacity + 1];
        _free = new Queue<ushort>(capacity);
        for (var id = 1; id <= capacity; id++)
        {
            _free.Enqueue((ushort)id);
        }
    }

    public bool HasRoom => _free.Count > 0;

    public int Count => _slots.Length - 1 - _free.Count;

    /// <summary>Keeps a publication until its acknowledgement and returns its packet id; there must be room.</summary>
    public ushort Add(in MqttPublication publication, TaskCompletionSource<ReasonCode>? waiter)
    {
        var id = _free.Dequeue();
        _slots[id] = new Slot(++_order, publication, waiter);
        return id;
    }

    /// <summary>Releases an id; false when nothing was sent under it.</summary>
    public bool TryRemove(ushort id, out MqttPublication publication, out TaskCompletionSource<ReasonCode>? waiter)
    {
        if (id == 0 || id >= _slots.Length || _slots[id].Order == 0)
        {
            publication = default;
            waiter = null;
            return false;
        }

        (_, publication, waiter) = _slots[id];
        _slots[id] = default;
        _free.Enqueue(id);
        return true;
    }

    /// <summary>What is not acknowledged, in the order of publishing.</summary>
    public IReadOnlyList<MqttPublication> Unacknowledged() =>
        [.. _slots.Where(static s => s.Order != 0).OrderBy(static s => s.Order).Select(static s => s.Publication)];

    /// <summary>Whoever waits for one acknowledgement.</summary>
    public IReadOnlyList<TaskCompletionSource<ReasonCode>> Waiters() => [.. _slots.Select(static s => s.Waiter).OfType<TaskCompletionSource<ReasonCode>>()];

    private readonly record struct Slot(long Order, MqttPublication Publication, TaskCompletionSource<ReasonCode>? Waiter);
}
