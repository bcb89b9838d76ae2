namespace TrafficCore.Traffic.Readings;

/// <summary>What is possible in a reading. Values are checked after rounding, so a sensor's 100.0000001 percent is 100.</summary>
public static class ReadingLimits
{
    /// <summary>Last millisecond of the year 9999: later times cannot be written in ISO 8601 with four digits.</summary>
    public const long MaxTimestamp = 253_402_300_799_999;

    /// <summary>Longest interval that is read at all, ms; windows set the real bound. 2^31 - 1 keeps sums in 64 bits.</summary>
    public const int MaxInterval = int.MaxValue;

    /// <summary>A day at ten vehicles a second, the resolution of detector events, rounded up.</summary>
    public const int MaxVolume = 1_000_000;

    /// <summary>100 percent in 0.001 percent.</summary>
    public const int MaxOccupancy = 100_000;

    /// <summary>250 km/h in 0.01 km/h: IRIS accepts up to 193 km/h (120 mph); beyond 250 it is an error, not a vehicle.</summary>
    public const int MaxSpeed = 25_000;

    /// <summary>Classes of one reading: EN classification schemes end at 13, the contract allows 16.</summary>
    public const int MaxClasses = 16;

    /// <summary>Bytes of a class name.</summary>
    public const int MaxClassName = 32;

    /// <summary>Elements of one payload: what one record can index.</summary>
    public const int MaxElements = ushort.MaxValue;
}
