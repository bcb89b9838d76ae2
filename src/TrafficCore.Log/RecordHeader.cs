using System.Runtime.InteropServices;

namespace TrafficCore.Log;

/// <summary>
/// The 32 bytes in front of every record, little-endian, at a multiple of 8 bytes in its segment.
/// </summary>
/// <remarks>
/// <see cref="Count"/> is what the conservation ledger calls received: it can be summed from headers alone, without
/// understanding any body. <see cref="Checksum"/> is CRC32C over the log's salt, the header's other fields and the body.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Size)]
public struct RecordHeader
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 32;

    /// <summary>Marks a header, so that resynchronising after damage tries few places.</summary>
    public const ushort MarkValue = 0xC07A;

    /// <summary>Bytes of the body that follows, without padding.</summary>
    public int Length;

    /// <summary>CRC32C seeded with the log's salt; see <see cref="RecordCodec"/>.</summary>
    public uint Checksum;

    /// <summary>What the body is; numbers are unique over all logs of the service.</summary>
    public byte Type;

    /// <summary>Version of the body's layout, from 1.</summary>
    public byte Version;

    /// <summary>Always <see cref="MarkValue"/>.</summary>
    public ushort Mark;

    /// <summary>Readings, events or rejections inside; 0 for records that carry none.</summary>
    public int Count;

    /// <summary>When the record was made, Unix milliseconds UTC.</summary>
    public long ReceivedMs;

    /// <summary>Monotonic service time in milliseconds; continues over restarts, downtime does not count.</summary>
    public long ElapsedMs;
}
