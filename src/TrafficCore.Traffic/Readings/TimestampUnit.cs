namespace TrafficCore.Traffic.Readings;

/// <summary>The unit that a number sent as Unix milliseconds was really counted in.</summary>
public enum TimestampUnit : byte
{
    /// <summary>Milliseconds, or nothing that can be told.</summary>
    Milliseconds,

    /// <summary>Seconds: read as milliseconds it lies in January or February 1970.</summary>
    Seconds,

    /// <summary>Microseconds: read as milliseconds it lies beyond the year 30,000.</summary>
    Microseconds,

    /// <summary>Nanoseconds.</summary>
    Nanoseconds,
}

/// <summary>Tells a timestamp's unit from its size alone, so that no clock, right or wrong, has a say in it.</summary>
public static class TimestampUnits
{
    // 2000 and 2100: no detector counted vehicles in Unix time before, and the ranges of neighbouring units stay a factor of 230 apart.
    private const long FirstSecond = 946_684_800;
    private const long LastSecond = 4_102_444_800;

    /// <summary>The unit in which <paramref name="timestamp"/> is a time between 2000 and 2100.</summary>
    public static TimestampUnit Of(long timestamp) =>
        IsIn(timestamp, 1) ? TimestampUnit.Seconds
        : timestamp <= ReadingLimits.MaxTimestamp ? TimestampUnit.Milliseconds
        : IsIn(timestamp, 1_000_000) ? TimestampUnit.Microseconds
        : IsIn(timestamp, 1_000_000_000) ? TimestampUnit.Nanoseconds
        : TimestampUnit.Milliseconds;

    private static bool IsIn(long timestamp, long perSecond) => timestamp >= FirstSecond * perSecond && timestamp <= LastSecond * perSecond;
}
