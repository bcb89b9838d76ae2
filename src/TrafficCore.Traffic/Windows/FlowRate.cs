namespace TrafficCore.Traffic.Windows;

/// <summary>Rates from counts.</summary>
public static class FlowRate
{
    /// <summary>Volume x 3600 / seconds observed, in 0.001 veh/h, rounded half up; null when no time was observed.</summary>
    public static long? Milli(long volume, long observedMs)
    {
        if (observedMs <= 0)
        {
            return null;
        }

        // 3600 s/h x 1000 ms/s x 1000 for the unit; 128 bits because a full counter times this passes 64.
        UInt128 scaled = (UInt128)(ulong)volume * 3_600_000_000UL;
        return (long)UInt128.Min(long.MaxValue, ((scaled * 2) + (ulong)observedMs) / ((ulong)observedMs * 2));
    }
}
