namespace TrafficCore.Mqtt.Broker;

/// <summary>How long a peer has kept the connection waiting for a packet, and for the rest of one, in ticks of the monitor.</summary>
/// <remarks>
/// Ownership: the connection's read loop writes, the monitor reads. No time runs against the peer while the loop itself is held up: what a client has
/// sent and nobody has read yet is not its silence.
/// </remarks>
internal struct ArrivalWatch
{
    /// <summary>Far ahead of every tick: no time has passed since.</summary>
    private const int Stopped = int.MaxValue;

    private int _lastPacket;
    private int _partialSince = Stopped;

    public ArrivalWatch(int tick) => _lastPacket = tick;

    /// <summary>The loop waits for the peer again.</summary>
    /// <param name="tick">Now.</param>
    /// <param name="packets">Whole packets were handled since the last call. Single bytes are no sign of life [MQTT-3.1.2-22].</param>
    /// <param name="partial">A part of a packet is left.</param>
    public void Resume(int tick, bool packets, bool partial)
    {
        if (packets || _lastPacket == Stopped)
        {
            Volatile.Write(ref _lastPacket, tick);
        }

        if (!partial)
        {
            Volatile.Write(ref _partialSince, Stopped);
        }
        else if (packets || _partialSince == Stopped)
        {
            Volatile.Write(ref _partialSince, tick);
        }
    }

    /// <summary>The loop waits for the service: for room in the log or in the output.</summary>
    public void Stop()
    {
        Volatile.Write(ref _lastPacket, Stopped);
        Volatile.Write(ref _partialSince, Stopped);
    }

    /// <summary>No whole packet for <paramref name="limit"/> seconds.</summary>
    public readonly bool IsSilent(int tick, int limit) => HavePassed(limit, tick, Volatile.Read(in _lastPacket));

    /// <summary>One packet has been arriving for <paramref name="limit"/> seconds.</summary>
    public readonly bool IsPartial(int tick, int limit) => HavePassed(limit, tick, Volatile.Read(in _partialSince));

    // A tick lies up to one second before what it stands for, so one more has to pass before the time surely has.
    private static bool HavePassed(int seconds, int tick, int since) => (long)tick - since - 1 >= seconds;
}
