using System.Runtime.InteropServices;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>Presence and verdict bits of an <see cref="EventsHeader"/>.</summary>
[Flags]
public enum EventsFlags : uint
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary><see cref="EventsHeader.Sequence"/> was sent.</summary>
    HasSequence = 1,

    /// <summary>Accepted while the service distrusted its own clock: counts, but moves no watermark.</summary>
    Unjudged = 4,
}

/// <summary>The first 16 bytes of a <see cref="RecordType.Events"/> body; <see cref="EventEntry"/> values follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Size)]
public struct EventsHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 16;

    /// <summary>The controller's number.</summary>
    public uint Controller;

    /// <summary>The controller's batch counter, when <see cref="EventsFlags.HasSequence"/>.</summary>
    public uint Sequence;

    /// <summary>Presence and verdict.</summary>
    public EventsFlags Flags;

    /// <summary>Always 0.</summary>
    public uint Reserved;
}

/// <summary>One high-resolution controller event: 16 bytes, little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Size)]
public struct EventEntry
{
    /// <summary>Bytes of an entry.</summary>
    public const int Size = 16;

    /// <summary>When it happened, Unix milliseconds UTC.</summary>
    public long Timestamp;

    /// <summary>Parameter; the meaning depends on the code (phase, channel, seconds ...).</summary>
    public int Parameter;

    /// <summary>Indiana event code.</summary>
    public ushort Code;

    /// <summary>Always 0.</summary>
    public ushort Reserved;
}
