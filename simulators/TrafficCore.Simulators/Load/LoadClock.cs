namespace TrafficCore.Simulators.Load;

/// <summary>Time since a run's start.</summary>
internal sealed class LoadClock
{
    private readonly TimeProvider _time;
    private long _start;

    public LoadClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>Nanoseconds since the start; the smallest step is that of the system's monotonic clock.</summary>
    public long Nanoseconds => (long)((_time.GetTimestamp() - Volatile.Read(ref _start)) * (1e9 / _time.TimestampFrequency));

    /// <summary>The wall clock, Unix milliseconds.</summary>
    public long UnixMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Sets the start to now.</summary>
    public void Restart() => Volatile.Write(ref _start, _time.GetTimestamp());
}
