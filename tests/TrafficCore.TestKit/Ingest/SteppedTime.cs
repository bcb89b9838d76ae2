namespace TrafficCore.TestKit.Ingest;

/// <summary>A clock whose UTC and monotonic time the test moves, together or apart. No timers.</summary>
public sealed class SteppedTime : TimeProvider
{
    private long _monotonicMs = 1_000;

    /// <summary>UTC now, Unix milliseconds.</summary>
    public long UtcMs { get; set; } = 1_760_000_000_000;

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000;

    /// <summary>Lets both times pass.</summary>
    public void Advance(long ms)
    {
        UtcMs += ms;
        _monotonicMs += ms;
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(UtcMs);

    /// <inheritdoc/>
    public override long GetTimestamp() => _monotonicMs;
}
