namespace TrafficCore.TestKit.Mqtt;

/// <summary>A clock that stands still until the test moves it. Timers fire inside <see cref="Advance"/>, in the order of their due times.</summary>
/// <remarks>Ownership: any thread; one lock, not held while timers fire.</remarks>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private long ticks = DateTimeOffset.UnixEpoch.AddDays(20_000).UtcTicks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (gate)
        {
            timers.Add(timer);
        }

        return timer;
    }

    /// <summary>Timers that are set to fire.</summary>
    public int Armed
    {
        get
        {
            lock (gate)
            {
                return timers.Count(t => t.Due < long.MaxValue);
            }
        }
    }

    /// <summary>Waits until so many timers are set: a clock that moves before somebody waits for it is not noticed.</summary>
    public Task WhenTimersAsync(int count) => Processes.Eventually.ReachesAsync(
        () => Task.FromResult(Armed == count ? null : $"{Armed} timers are set instead of {count}"), ScriptedPeer.Patience);

    /// <summary>Moves the clock on, timer by timer.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetTimestamp() + by.Ticks;
        while (true)
        {
            ManualTimer? next;
            lock (gate)
            {
                next = timers.Where(t => t.Due <= end).MinBy(t => t.Due);
                Interlocked.Exchange(ref ticks, next is null ? end : Math.Max(next.Due, GetTimestamp()));
                next?.Reschedule();
            }

            if (next is null)
            {
                return;
            }

            next.Fire();
        }
    }

    private sealed class ManualTimer(ManualTime owner, Action callback) : ITimer
    {
        private long period;

        public long Due { get; private set; } = long.MaxValue;

        public void Fire() => callback();

        public void Reschedule() => Due = period > 0 ? Due + period : long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            lock (owner.gate)
            {
                period = newPeriod < TimeSpan.Zero ? 0 : newPeriod.Ticks;
                Due = dueTime < TimeSpan.Zero ? long.MaxValue : owner.GetTimestamp() + dueTime.Ticks;
            }

            return true;
        }

        public void Dispose()
        {
            lock (owner.gate)
            {
                Due = long.MaxValue;
                owner.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
