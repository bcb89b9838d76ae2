using System.Runtime.InteropServices;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>Verdicts and presence bits of a <see cref="ReadingEntry"/>.</summary>
[Flags]
public enum ReadingFlags : ushort
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary><see cref="ReadingEntry.Sequence"/> was sent.</summary>
    HasSequence = 1,

    /// <summary>The device sent no time: stamped with the receive time less the interval, never de-duplicated.</summary>
    ServerTime = 2,

    /// <summary>Accepted while the service distrusted its own clock: counts, but moves no watermark.</summary>
    Unjudged = 4,

    /// <summary>Class counts for this reading are in the record's trailer.</summary>
    HasClasses = 8,
}

/// <summary>
/// One accepted reading as it lies in a <see cref="RecordType.Readings"/> record: 32 bytes, little-endian. All judgement
/// that needs the network or the clock was made at the door; late and duplicate are judged by the shard.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Size)]
public struct ReadingEntry
{
    /// <summary>Bytes of an entry.</summary>
    public const int Size = 32;

    /// <summary>Value of <see cref="Occupancy"/> when it was not sent.</summary>
    public const int NoOccupancy = -1;

    /// <summary>Value of <see cref="Speed"/> when it was not sent.</summary>
    public const ushort NoSpeed = ushort.MaxValue;

    /// <summary>Start of the counting interval, Unix milliseconds UTC.</summary>
    public long Timestamp;

    /// <summary>The device's number, from its <see cref="RecordType.Device"/> or network record.</summary>
    public uint Device;

    /// <summary>Length of the interval in milliseconds, the configured default applied; 0 when unknown.</summary>
    public uint Interval;

    /// <summary>Vehicles counted.</summary>
    public uint Volume;

    /// <summary>Occupancy in 0.001 percent, 0..100,000, or <see cref="NoOccupancy"/>.</summary>
    public int Occupancy;

    /// <summary>The device's own counter, when <see cref="ReadingFlags.HasSequence"/>; modulo 2^32.</summary>
    public uint Sequence;

    /// <summary>Time-mean speed in 0.01 km/h, 0..65,534, or <see cref="NoSpeed"/>.</summary>
    public ushort Speed;

    /// <summary>Verdicts and presence.</summary>
    public ReadingFlags Flags;
}
