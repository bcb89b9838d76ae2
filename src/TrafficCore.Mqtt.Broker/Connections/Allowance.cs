namespace TrafficCore.Mqtt.Broker;

/// <summary>So many units a second, and at most a second's worth at once (a token bucket). May be overdrawn: what was taken in already is paid for by waiting.</summary>
/// <remarks>Ownership: one owner at a time.</remarks>
internal sealed class Allowance(long perSecond, long start)
{
    private double _left = perSecond;
    private long _stamp = start;

    /// <summary>Takes one unit if there is one. Without a rate there always is.</summary>
    public bool TryTake(TimeProvider time)
    {
        if (perSecond == 0)
        {
            return true;
        }

        Refill(time);
        if (_left < 1)
        {
            return false;
        }

        _left--;
        return true;
    }

    /// <summary>Takes what was used; the time until the account is even again.</summary>
    public TimeSpan Charge(long used, TimeProvider time)
    {
        if (perSecond == 0)
        {
            return TimeSpan.Zero;
        }

        Refill(time);
        _left -= used;
        return _left >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_left / perSecond);
    }

    /// <summary>Nothing is owed.</summary>
    public bool IsFull(TimeProvider time)
    {
        Refill(time);
        return _left >= perSecond;
    }

    private void Refill(TimeProvider time)
    {
        var now = time.GetTimestamp();
        _left = Math.Min(perSecond, _left + (time.GetElapsedTime(_stamp, now).TotalSeconds * perSecond));
        _stamp = now;
    }
}
