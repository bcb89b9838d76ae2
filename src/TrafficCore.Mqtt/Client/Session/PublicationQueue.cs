namespace TrafficCore.Mqtt.Client;

/// <summary>Publications at QoS 1 and 2 that wait for a connection, or for room in its window. Full: nothing is added.</summary>
/// <remarks>Ownership: every member under the session's lock.</remarks>
internal sealed class PublicationQueue(int maxMessages, long maxBytes)
{
    private readonly Queue<PendingPublication> _waiting = new();
    private long _bytes;

    public int Count => _waiting.Count;

    /// <summary>Adds; false when it is full. One message always fits into an empty queue that may hold any.</summary>
    public bool TryAdd(in PendingPublication publication)
    {
        if (_waiting.Count >= maxMessages || (_waiting.Count > 0 && _bytes + publication.Bytes > maxBytes))
        {
            return false;
        }

        _waiting.Enqueue(publication);
        _bytes += publication.Bytes;
        return true;
    }

    public PendingPublication Take()
    {
        var taken = _waiting.Dequeue();
        _bytes -= taken.Bytes;
        return taken;
    }
}
