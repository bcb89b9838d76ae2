namespace TrafficCore.Simulators.Load;

/// <summary>
/// When each reading is due. The schedule never waits for the server (open loop): what is late is sent late and its latency
/// counts from the due time, so a stall is seen by every reading that it delayed.
/// </summary>
/// <param name="Rate">Readings per second over all connections.</param>
/// <param name="Connections">Connections; reading i belongs to connection i modulo this.</param>
/// <param name="Total">Readings in all.</param>
internal readonly record struct LoadSchedule(int Rate, int Connections, long Total)
{
    /// <summary>Nanoseconds after the start at which reading <paramref name="index"/> is due.</summary>
    public long DueNanoseconds(long index) => (long)(index * (1e9 / Rate));

    /// <summary>How many readings are due at the given time after the start.</summary>
    public long DueCount(long nanoseconds) =>
        nanoseconds < 0 ? 0 : Math.Min(Total, (long)(nanoseconds / (1e9 / Rate)) + 1);

    /// <summary>Readings of one connection.</summary>
    public long QuotaOf(int connection) => (Total / Connections) + (connection < Total % Connections ? 1 : 0);

    /// <summary>The schedule index of a connection's n-th reading.</summary>
    public long IndexOf(int connection, long n) => (n * Connections) + connection;
}
