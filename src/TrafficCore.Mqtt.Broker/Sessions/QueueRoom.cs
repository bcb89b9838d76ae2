namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// Bounds what all sessions together keep queued. Half of it is divided among as many sessions as there may be, and each has its share to itself, whatever the others do; what a session keeps
/// beyond its share comes out of the other half, as long as there is any.
/// </summary>
/// <remarks>Ownership: any thread. A session within its share never touches what is shared, so the usual message costs nothing here.</remarks>
internal sealed class QueueRoom
{
    private readonly long _common;
    private long _used;

    public QueueRoom(long total, int maxSessions)
    {
        Share = total / 2 / maxSessions;
        _common = total - (Share * maxSessions);
    }

    /// <summary>Bytes that each session may keep in any case.</summary>
    public long Share { get; }

    /// <summary>Bytes that sessions keep beyond their shares, together.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Whether there is so much left beyond shares; another session may take it at the same time.</summary>
    public bool Has(long bytes) => Used + bytes <= _common;

    /// <summary>Takes room beyond a share; false when there is not so much left.</summary>
    public bool TryTake(long bytes)
    {
        for (var used = Used; used + bytes <= _common;)
        {
            var seen = Interlocked.CompareExchange(ref _used, used + bytes, used);
            if (seen == used)
            {
                return true;
            }

            used = seen;
        }

        return false;
    }

    /// <summary>Takes room that may not be there: what was promised before a restart is kept, and counts; so does what <see cref="Has"/> has found room for.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
