namespace TrafficCore.Simulators.City.Sending;

/// <summary>When a moment of the simulated city is there on the wall clock.</summary>
/// <remarks>Immutable. Wall time is read as elapsed time, so that a clock that is set does not move the schedule.</remarks>
internal sealed class SendPace
{
    private readonly TimeProvider _time;
    private readonly long _beginUnix;
    private readonly double _speed;
    private readonly long _start;

    /// <param name="beginUnix">The moment of the city that is now, Unix ms.</param>
    /// <param name="speed">Seconds of the city in a second.</param>
    /// <param name="time">Clock.</param>
    public SendPace(long beginUnix, double speed, TimeProvider time)
    {
        (_beginUnix, _speed, _time) = (beginUnix, speed, time);
        _start = time.GetTimestamp();
    }

    /// <summary>Real time until a moment of the city; negative when it has passed.</summary>
    public TimeSpan Until(long unixMs) => TimeSpan.FromMilliseconds((unixMs - _beginUnix) / _speed) - _time.GetElapsedTime(_start);

    /// <summary>The moment of the city that is now.</summary>
    public long NowUnix => _beginUnix + (long)(_time.GetElapsedTime(_start).TotalMilliseconds * _speed);
}
