using System.Runtime.InteropServices;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>
/// One accepted observation of an environment sensor or a car park as it lies in a <see cref="RecordType.Observations"/> record:
/// 32 bytes, little-endian, time and device where a <see cref="ReadingEntry"/> has them. The device's kind says what the values are.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Size)]
public struct ObservationEntry
{
    /// <summary>Bytes of an entry.</summary>
    public const int Size = 32;

    /// <summary>When, Unix milliseconds UTC.</summary>
    public long Timestamp;

    /// <summary>The device's number.</summary>
    public uint Device;

    /// <summary><see cref="ReadingFlags.ServerTime"/> and <see cref="ReadingFlags.Unjudged"/>, as for readings.</summary>
    public ReadingFlags Flags;

    /// <summary>What was observed.</summary>
    public ObservedValues Values;
}
