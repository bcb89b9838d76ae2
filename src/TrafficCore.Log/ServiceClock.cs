namespace TrafficCore.Log;

/// <summary>
/// The two times of a record: UTC, which may jump, and elapsed service time, which only grows and goes on over a restart
/// from the last logged value. Safe from any thread.
/// </summary>
public sealed class ServiceClock
{
    private readonly TimeProvider _time;
    private readonly long _startTimestamp;
    private readonly long _lastElapsedMs;

    /// <summary>Starts at <paramref name="lastElapsedMs"/>, the elapsed time of the log's last record, or 0.</summary>
    public ServiceClock(TimeProvider time, long lastElapsedMs)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _startTimestamp = time.GetTimestamp();
        _lastElapsedMs = lastElapsedMs;
    }

    /// <summary>Unix milliseconds UTC.</summary>
    public long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Milliseconds the service has run in all its lives; downtime does not count.</summary>
    public long ElapsedMs => _lastElapsedMs + ((long)_time.GetElapsedTime(_startTimestamp).TotalMilliseconds);
}
