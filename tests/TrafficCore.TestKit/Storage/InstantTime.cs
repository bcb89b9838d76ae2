namespace TrafficCore.TestKit.Storage;

/// <summary>A clock that stands still and lets every wait end at once, noting how long it would have been.</summary>
public sealed class InstantTime(DateTimeOffset now) : TimeProvider
{
    /// <summary>The waits so far.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => now;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (Waits)
        {
            Waits.Add(dueTime);
        }

        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
