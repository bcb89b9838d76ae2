namespace TrafficCore.Simulators.Load;

/// <summary>What became of messages: of one connection, or of a whole run. Items are readings and events, as the ledger counts them.</summary>
/// <remarks>Ownership: a connection's is changed under its lock; <see cref="LoadConnection.Counts"/> copies it.</remarks>
internal struct LoadCounts
{
    /// <summary>Messages sent, each counted once.</summary>
    public long Sent;

    /// <summary>Items in them.</summary>
    public long ItemsSent;

    /// <summary>Messages sent again on purpose (<c>--duplicates</c>).</summary>
    public long Repeats;

    /// <summary>Items in those.</summary>
    public long ItemsRepeated;

    /// <summary>Messages sent again because a connection was lost before their acknowledgement.</summary>
    public long Resent;

    /// <summary>Items in those.</summary>
    public long ItemsResent;

    /// <summary>Messages acknowledged with success, repeats left out.</summary>
    public long Acknowledged;

    /// <summary>Items in them.</summary>
    public long ItemsAcknowledged;

    /// <summary>Vehicles in them; at QoS 0 in what was sent.</summary>
    public long Volume;

    /// <summary>Repeats acknowledged with success.</summary>
    public long RepeatsAcknowledged;

    /// <summary>Messages that the broker answered with an error, repeats included.</summary>
    public long Refused;

    /// <summary>Connections that broke, storms left out.</summary>
    public long Lost;

    /// <summary>Connections made again.</summary>
    public long Reconnects;

    /// <summary>Attempts to connect that failed.</summary>
    public long ConnectFailures;

    /// <summary>When something was sent or acknowledged last, nanoseconds after the start.</summary>
    public long LastAt;

    /// <summary>The sum of all connections.</summary>
    public static LoadCounts Of(IEnumerable<LoadConnection> connections)
    {
        var sum = default(LoadCounts);
        foreach (var connection in connections)
        {
            sum.Add(connection.Counts);
        }

        return sum;
    }

    /// <summary>Messages that have an answer, repeats included.</summary>
    public readonly long Answered => Acknowledged + RepeatsAcknowledged + Refused;

    private void Add(in LoadCounts other)
    {
        Sent += other.Sent;
        ItemsSent += other.ItemsSent;
        Repeats += other.Repeats;
        ItemsRepeated += other.ItemsRepeated;
        Resent += other.Resent;
        ItemsResent += other.ItemsResent;
        Acknowledged += other.Acknowledged;
        ItemsAcknowledged += other.ItemsAcknowledged;
        Volume += other.Volume;
        RepeatsAcknowledged += other.RepeatsAcknowledged;
        Refused += other.Refused;
        Lost += other.Lost;
        Reconnects += other.Reconnects;
        ConnectFailures += other.ConnectFailures;
        LastAt = Math.Max(LastAt, other.LastAt);
    }
}
