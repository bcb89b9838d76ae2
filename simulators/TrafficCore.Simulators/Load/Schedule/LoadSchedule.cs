namespace TrafficCore.Simulators.Load;

/// <summary>
/// When every message of a run is due and on which connection, fixed beforehand: a steady stream and bursts, dealt to the connections in turn, and a
/// backlog for each connection at each storm. Immutable.
/// </summary>
internal sealed class LoadSchedule
{
    private readonly RateCurve _curve;
    private readonly long _burstSize;
    private readonly long _burstEvery;

    public LoadSchedule(LoadShape shape, int connections)
    {
        Connections = connections;
        _curve = new RateCurve(shape.Rate, shape.Ramp?.From ?? 0, shape.Ramp?.Time.TotalSeconds ?? 0);
        SteadyTotal = shape.Count ?? _curve.CountWithin(shape.Duration);
        var end = shape.Count is null ? Nanoseconds(shape.Duration) : _curve.DueNanoseconds(SteadyTotal);
        if (shape.Burst is { } burst)
        {
            (_burstSize, _burstEvery) = (burst.Messages, Nanoseconds(burst.Every));
            BurstTotal = (end - 1) / _burstEvery * _burstSize;
        }

        Storms = [.. shape.Storms.Select(static s => (Nanoseconds(s.At), (long)s.Backlog)).Where(s => s.Item1 < end).Order()];
        Total = SteadyTotal + BurstTotal + (Storms.Sum(static s => s.Backlog) * connections);
        EndNanoseconds = end;
    }

    /// <summary>Connections that share the messages.</summary>
    public int Connections { get; }

    /// <summary>All messages of the run.</summary>
    public long Total { get; }

    /// <summary>Messages of the steady stream.</summary>
    public long SteadyTotal { get; }

    /// <summary>Messages of all bursts.</summary>
    public long BurstTotal { get; }

    /// <summary>When connections are dropped, nanoseconds after the start, and what each has to send then.</summary>
    public IReadOnlyList<(long At, long Backlog)> Storms { get; }

    /// <summary>When the last message has been due.</summary>
    public long EndNanoseconds { get; }

    /// <summary>Messages of the steady stream that are due at an instant.</summary>
    public long SteadyDue(long nanoseconds) => Math.Min(SteadyTotal, _curve.DueCount(nanoseconds));

    /// <summary>Messages of bursts that are due at an instant.</summary>
    public long BurstDue(long nanoseconds) => _burstEvery == 0 ? 0 : Math.Min(BurstTotal, Math.Max(0, nanoseconds) / _burstEvery * _burstSize);

    /// <summary>When a message of the steady stream is due; never for one that there is not.</summary>
    public long SteadyAt(long index) => index < SteadyTotal ? _curve.DueNanoseconds(index) : long.MaxValue;

    /// <summary>When a message of a burst is due; never for one that there is not.</summary>
    public long BurstAt(long index) => index < BurstTotal ? ((index / _burstSize) + 1) * _burstEvery : long.MaxValue;

    private static long Nanoseconds(TimeSpan time) => (long)(time.TotalSeconds * 1e9);
}
