namespace TrafficCore.Mqtt.Broker;

/// <summary>What an outbox keeps of the room that all sessions share: from the moment a message is queued until it is sent, or acknowledged where that is asked for.</summary>
internal sealed partial class Outbox
{
    /// <summary>What a message takes beside its bytes: the object with its three arrays, and its entries in queue, packet ids and journal. Bounds many small ones.</summary>
    public const int MessageCost = 256;

    private long _kept;
    private bool _isOver;

    /// <summary>
    /// The session is over: nothing is queued any more and its room is free. What a group dealt to it and another member may have is handed out; a QoS 2 message that was on its way is not
    /// among it [MQTT-4.8.2-5]: nobody knows whether it arrived.
    /// </summary>
    public List<Delivery> End()
    {
        lock (_gate)
        {
            var own = _inFlight.Values.Where(e => e.Delivery.QoS == Wire.QualityOfService.AtLeastOnce).Select(e => e.Delivery);
            List<Delivery> shared = [.. own.Concat(_waiting).Where(d => d.Shared is not null)];
            _isOver = true;
            _owner = null;
            _resend = null;
            _waiting.Clear();
            _inFlight.Clear();
            _waitingBytes = 0;
            FreeUnderLock(_kept);
            return shared;
        }
    }

    private static long CostOf(ApplicationMessage message) => message.Size + MessageCost;

    private bool TryKeepUnderLock(long cost)
    {
        var beyond = BeyondShareUnderLock(cost);
        if (beyond > 0 && !_room.TryTake(beyond))
        {
            return false;
        }

        _kept += cost;
        return true;
    }

    private void KeepUnderLock(ApplicationMessage message)
    {
        var cost = CostOf(message);
        _room.Take(BeyondShareUnderLock(cost));
        _kept += cost;
    }

    private void FreeUnderLock(ApplicationMessage message) => FreeUnderLock(CostOf(message));

    private void FreeUnderLock(long cost)
    {
        _kept -= cost;
        if (BeyondShareUnderLock(cost) is > 0 and var beyond)
        {
            _room.Give(beyond);
        }
    }

    /// <summary>How much of so many bytes more is beyond the session's share.</summary>
    private long BeyondShareUnderLock(long cost) => Math.Min(cost, Math.Max(0, _kept + cost - _room.Share));
}
