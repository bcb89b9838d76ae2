using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Host.Ingress;

/// <summary>
/// Estimates how far each device's clock is off: the least of receive time less end of interval over some readings, because the way to the service can only
/// add to it. Negative: the device is ahead.
/// </summary>
/// <remarks>
/// Ownership: shared by all sessions; a device is usually on one connection, and two at once cost its estimate a sample. Nothing allocates but growth. The estimate is
/// of this process: it is made anew after a start and decides about no reading.
/// </remarks>
internal sealed class SkewWatch(TimeSpan maxSkew, DeviceRegistry devices, ILogger logger)
{
    /// <summary>Samples that an estimate is made of: enough that one of them came without delay, few enough that a minute's detector is judged within ten.</summary>
    public const int Samples = 8;

    // What comes within half an interval is one burst, of which the least counts: a back-fill or a batch is late, the newest of it is not.
    private const long LeastSpacingMs = 1_000;

    // One line in so much time tells of all that changed.
    private const long LogIntervalMs = 60_000;

    private const int None = int.MaxValue;

    private readonly Lock _gate = new();
    private readonly int _raise = (int)maxSkew.TotalMilliseconds;
    private Clock[] _clocks = new Clock[256];
    private long _nextLogMs = long.MinValue;

    private struct Clock
    {
        public long SampleMs;
        public int Sample;
        public int Least;
        public int Estimate;
        public byte Count;
        public bool IsKnown;
        public bool IsAlarmed;
        public bool IsBegun;
    }

    /// <summary>Devices whose clock is off by more than the bound; counted when it is asked for.</summary>
    public int Alarms => Volatile.Read(ref _clocks).Count(static clock => clock.IsAlarmed);

    /// <summary>Takes a time that a device sent.</summary>
    /// <param name="device">Its number.</param>
    /// <param name="lagMs">Receive time less end of interval.</param>
    /// <param name="intervalMs">Its interval, 0 when unknown.</param>
    /// <param name="elapsedMs">Elapsed time of the service.</param>
    public void Take(uint device, long lagMs, uint intervalMs, long elapsedMs)
    {
        Clock[] clocks = Volatile.Read(ref _clocks);
        if (device >= (uint)clocks.Length)
        {
            clocks = Grow(device);
        }

        ref Clock clock = ref clocks[device];
        int lag = (int)Math.Clamp(lagMs, -int.MaxValue, None - 1);
        if (clock.IsBegun && elapsedMs - clock.SampleMs < Math.Max(LeastSpacingMs, intervalMs / 2))
        {
            clock.Sample = Math.Min(clock.Sample, lag);
            return;
        }

        if (clock.IsBegun)
        {
            Complete(ref clock, device, elapsedMs);
        }

        clock.IsBegun = true;
        clock.SampleMs = elapsedMs;
        clock.Sample = lag;
    }

    /// <summary>The estimate of a device; null while it has sent too little.</summary>
    public ClockEstimate? Of(uint device)
    {
        Clock[] clocks = Volatile.Read(ref _clocks);
        return device < clocks.Length && clocks[device] is { IsKnown: true } clock ? new ClockEstimate(device, clock.Estimate, clock.IsAlarmed) : null;
    }

    /// <summary>The devices that are off the most, and how many have an estimate.</summary>
    public (IReadOnlyList<ClockEstimate> Worst, int Known) Worst(int limit)
    {
        Clock[] clocks = Volatile.Read(ref _clocks);
        var worst = new PriorityQueue<ClockEstimate, int>();
        int known = 0;
        for (uint device = 0; device < clocks.Length; device++)
        {
            if (clocks[device] is not { IsKnown: true } clock)
            {
                continue;
            }

            known++;
            worst.Enqueue(new ClockEstimate(device, clock.Estimate, clock.IsAlarmed), Math.Abs(clock.Estimate));
            if (worst.Count > limit)
            {
                worst.Dequeue();
            }
        }

        return ([.. worst.UnorderedItems.OrderByDescending(item => item.Priority).ThenBy(item => item.Element.Device).Select(item => item.Element)], known);
    }

    private void Complete(ref Clock clock, uint device, long elapsedMs)
    {
        clock.Least = clock.Count == 0 ? clock.Sample : Math.Min(clock.Least, clock.Sample);
        if (++clock.Count < Samples)
        {
            return;
        }

        clock.Estimate = clock.Least;
        clock.IsKnown = true;
        clock.Count = 0;

        // Between half of the bound and the bound an alarm stays as it is.
        long off = Math.Abs((long)clock.Estimate);
        bool alarm = off > _raise || (clock.IsAlarmed && off > _raise / 2);
        if (alarm != clock.IsAlarmed)
        {
            clock.IsAlarmed = alarm;
            Tell(device, clock.Estimate, elapsedMs);
        }
    }

    private void Tell(uint device, int estimate, long elapsedMs)
    {
        long next = Volatile.Read(ref _nextLogMs);
        if (elapsedMs >= next && Interlocked.CompareExchange(ref _nextLogMs, elapsedMs + LogIntervalMs, next) == next)
        {
            IngressLog.ClocksOff(logger, Alarms, maxSkew, devices[device] is { } entry ? $"{entry.Intersection}/{entry.Device}" : "-", estimate);
        }
    }

    private Clock[] Grow(uint device)
    {
        lock (_gate)
        {
            if (device >= (uint)_clocks.Length)
            {
                var larger = new Clock[Math.Max(_clocks.Length * 2, (int)device + 1)];
                _clocks.CopyTo(larger, 0);
                Volatile.Write(ref _clocks, larger);
            }

            return _clocks;
        }
    }
}

/// <summary>How far a device's clock is off.</summary>
/// <param name="Device">Its number.</param>
/// <param name="SkewMs">Milliseconds behind the service; negative when it is ahead.</param>
/// <param name="IsAlarmed">More than <c>Ingest:MaxSkew</c>, and since then not less than half of it.</param>
internal readonly record struct ClockEstimate(uint Device, int SkewMs, bool IsAlarmed);
