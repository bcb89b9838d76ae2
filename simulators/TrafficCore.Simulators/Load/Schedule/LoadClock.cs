namespace TrafficCore.Simulators.Load;

/// <summary>Time since a run's start.</summary>
/// <remarks>Ownership: the runner starts it before anything is due; any thread reads it.</remarks>
internal sealed class LoadClock
{
    private readonly TimeProvider _time;
    private readonly double _nanosecondsPerTick;
    private long _start = long.MaxValue;

    public LoadClock(TimeProvider time)
    {
        _time = time;
        _nanosecondsPerTick = 1e9 / time.TimestampFrequency;
    }

    /// <summary>Nanoseconds since the start, less than 0 before it; the smallest step is that of the system's monotonic clock.</summary>
    public long Nanoseconds => (long)((_time.GetTimestamp() - Volatile.Read(ref _start)) * _nanosecondsPerTick);

    /// <summary>The wall clock at the start, Unix milliseconds.</summary>
    public long StartUnixMs { get; private set; }

    /// <summary>The run begins now.</summary>
    public void Start()
    {
        StartUnixMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        Volatile.Write(ref _start, _time.GetTimestamp());
    }
}
