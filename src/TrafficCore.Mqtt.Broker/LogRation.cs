namespace TrafficCore.Mqtt.Broker;

/// <summary>Grants the first few of each stretch of time, and counts the others.</summary>
/// <remarks>Ownership: its owner's lock.</remarks>
internal sealed class LogRation(int lines, TimeSpan stretch, TimeProvider time)
{
    private long _start;
    private int _granted;
    private long _leftOut;
    private long _due;

    /// <summary>Whether one more is granted. The first one begins a stretch.</summary>
    public bool TryTake()
    {
        if (_granted == 0 || time.GetElapsedTime(_start) >= stretch)
        {
            (_start, _granted) = (time.GetTimestamp(), 0);
            (_due, _leftOut) = (_due + _leftOut, 0);
        }

        var isGranted = _granted < lines;
        _granted += isGranted ? 1 : 0;
        _leftOut += isGranted ? 0 : 1;
        return isGranted;
    }

    /// <summary>How many were not granted in stretches that are over; each is told once.</summary>
    /// <param name="all">The stretch that still runs counts too.</param>
    public long TakeLeftOut(bool all = false)
    {
        var count = _due;
        _due = 0;
        if (all || time.GetElapsedTime(_start) >= stretch)
        {
            count += _leftOut;
            _leftOut = 0;
        }

        return count;
    }
}
