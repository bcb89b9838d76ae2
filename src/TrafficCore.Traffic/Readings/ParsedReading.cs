namespace TrafficCore.Traffic.Readings;

/// <summary>What is wrong with one element of a payload. The smallest that applies is reported, whatever the order of fields.</summary>
public enum ReadingFault : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Not an object (a reading) or not an array (an event).</summary>
    BadShape = 1,

    /// <summary><c>ts</c> is not a possible time.</summary>
    BadTimestamp = 2,

    /// <summary><c>interval</c> is not a possible length.</summary>
    BadInterval = 3,

    /// <summary><c>volume</c> is missing or not a possible count.</summary>
    BadVolume = 4,

    /// <summary><c>detector</c> is missing or not an id.</summary>
    BadDetector = 5,

    /// <summary>Not [time, code, parameter].</summary>
    BadEvent = 6,

    /// <summary>An observation without any possible value.</summary>
    NoValue = 7,
}

/// <summary>What became of a payload as a whole.</summary>
public enum PayloadStatus : byte
{
    /// <summary>Its elements stand for themselves.</summary>
    Ok = 0,

    /// <summary>Not JSON in UTF-8, nested too deep, or empty.</summary>
    BadJson = 1,

    /// <summary>JSON of another shape.</summary>
    BadShape = 2,

    /// <summary>More elements than <see cref="ReadingLimits.MaxElements"/>.</summary>
    TooLarge = 3,
}

/// <summary>Optional fields of a reading.</summary>
[Flags]
public enum ReadingFields : byte
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary><c>ts</c>.</summary>
    Timestamp = 1,

    /// <summary><c>interval</c>.</summary>
    Interval = 2,

    /// <summary><c>occupancy</c>.</summary>
    Occupancy = 4,

    /// <summary><c>speed</c>.</summary>
    Speed = 8,

    /// <summary><c>seq</c>.</summary>
    Sequence = 16,

    /// <summary><c>classes</c>.</summary>
    Classes = 32,
}

/// <summary>One element of a readings payload, decoded; integers as the accumulators use them.</summary>
public struct ParsedReading
{
    /// <summary>Start of the interval, Unix ms; when <see cref="ReadingFields.Timestamp"/> is present.</summary>
    public long Timestamp;

    /// <summary>Length of the interval, ms; when <see cref="ReadingFields.Interval"/> is present.</summary>
    public uint Interval;

    /// <summary>Vehicles.</summary>
    public uint Volume;

    /// <summary>Occupancy, 0.001 percent; when present.</summary>
    public int Occupancy;

    /// <summary>The device's counter modulo 2^32; when present.</summary>
    public uint Sequence;

    /// <summary>Speed, 0.01 km/h; when present.</summary>
    public ushort Speed;

    /// <summary>Fields that were sent and are good.</summary>
    public ReadingFields Present;

    /// <summary>Fields that were sent and dropped, because they are impossible.</summary>
    public ReadingFields Dropped;

    /// <summary>Why the element must be refused; everything else is then meaningless.</summary>
    public ReadingFault Fault;

    /// <summary>Where the element begins in the payload.</summary>
    public int Offset;

    /// <summary>Bytes of the element.</summary>
    public int Length;

    /// <summary>First of its classes in <see cref="ReadingParser.Classes"/>.</summary>
    public int ClassStart;

    /// <summary>How many classes it has.</summary>
    public int ClassCount;

    internal uint Faults;
    internal int DetectorStart;
    internal int DetectorLength;
}

/// <summary>Vehicles of one class.</summary>
public struct ParsedClass
{
    /// <summary>Vehicles.</summary>
    public uint Volume;

    internal int NameStart;
    internal int NameLength;
}

/// <summary>One element of an events payload, decoded.</summary>
public struct ParsedEvent
{
    /// <summary>When, Unix ms.</summary>
    public long Timestamp;

    /// <summary>Parameter.</summary>
    public int Parameter;

    /// <summary>Indiana code.</summary>
    public ushort Code;

    /// <summary>Why the element must be refused.</summary>
    public ReadingFault Fault;

    /// <summary>Where the element begins in the payload.</summary>
    public int Offset;

    /// <summary>Bytes of the element.</summary>
    public int Length;
}
