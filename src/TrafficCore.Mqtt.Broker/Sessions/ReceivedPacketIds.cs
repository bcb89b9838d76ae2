namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// QoS 2 packet ids that were received and not yet released. As many as the receive maximum cost nothing; before 5.0 a client that knows no such maximum may send thousands before it reads the
/// first PUBREC, and each of those takes room that all sessions share.
/// </summary>
/// <remarks>Ownership: as of the session that has them.</remarks>
internal sealed class ReceivedPacketIds(QueueRoom room, int receiveMaximum)
{
    /// <summary>Bytes of an id: an entry here, and one where the log is followed.</summary>
    public const int Cost = 64;

    private readonly HashSet<ushort> _ids = [];
    private int _charged;

    public int Count => _ids.Count;

    /// <summary>Whether there is room for one more.</summary>
    public bool HasRoom => _ids.Count < receiveMaximum || room.Has(Cost);

    public bool Contains(ushort id) => _ids.Contains(id);

    public void Add(ushort id)
    {
        if (_ids.Add(id) && _ids.Count > receiveMaximum)
        {
            _charged++;
            room.Take(Cost);
        }
    }

    public bool Remove(ushort id)
    {
        if (!_ids.Remove(id))
        {
            return false;
        }

        if (_charged > 0)
        {
            _charged--;
            room.Give(Cost);
        }

        return true;
    }

    /// <summary>The session is over: its room is free.</summary>
    public void End()
    {
        room.Give((long)_charged * Cost);
        _charged = 0;
    }
}
