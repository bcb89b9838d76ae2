namespace TrafficCore.Simulators.Verify;

/// <summary>Everything that was seen, in order.</summary>
/// <remarks>Ownership: any thread; one short lock.</remarks>
internal sealed class BenchRecord(TimeProvider time)
{
    /// <summary>How often a wait looks again.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly List<BenchEvent> _events = [];

    /// <summary>A copy of what was seen so far.</summary>
    public IReadOnlyList<BenchEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Notes an event at the current time, so that the order of events is the order of their times.</summary>
    public void Add(Func<DateTimeOffset, BenchEvent> make)
    {
        lock (_gate)
        {
            _events.Add(make(time.GetUtcNow()));
        }
    }

    /// <summary>Waits until what was seen fulfils a condition; false when the time is over before.</summary>
    public async Task<bool> ReachesAsync(Func<Evidence, bool> isReached, TimeSpan limit, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var seen = -1;
        using var timer = new PeriodicTimer(Step, time);
        while (true)
        {
            var events = Events;
            if (events.Count != seen && isReached(new Evidence(events)))
            {
                return true;
            }

            seen = events.Count;
            if (time.GetElapsedTime(start) >= limit)
            {
                return false;
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }
}
