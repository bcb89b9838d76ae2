using System.Buffers.Binary;

namespace TrafficCore.Log;

/// <summary>
/// The 64 bytes that say what a segment file is. Two copies, a page apart, so that one damaged sector loses nothing;
/// the same facts but the salt are in the file name too.
/// </summary>
internal readonly record struct SegmentHeader(uint Salt, long Sequence, long Base, long FileLength)
{
    public const int Size = FileHeader.Size;

    /// <summary>Where the second copy lies: another page, hence another sector of any disk.</summary>
    public const int CopyOffset = 4096;

    /// <summary>Where records begin.</summary>
    public const int DataOffset = 8192;

    private const ushort FormatVersion = 1;

    private static ReadOnlySpan<byte> Magic => "TCLOGSEG"u8;

    public void Write(ILogFile file)
    {
        Span<byte> bytes = stackalloc byte[Size];
        FileHeader.Begin(bytes, Magic, FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Salt);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Base);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], FileLength);
        FileHeader.Complete(bytes);
        file.Write(bytes, 0);
        file.Write(bytes, CopyOffset);
    }

    /// <summary>Reads the first intact copy; <paramref name="damaged"/> when one or both are not.</summary>
    public static SegmentHeader? Read(ILogFile file, out bool damaged)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var first = file.Read(bytes, 0) == Size ? Parse(bytes) : null;
        var second = file.Read(bytes, CopyOffset) == Size ? Parse(bytes) : null;
        damaged = first is null || second is null;
        return first ?? second;
    }

    private static SegmentHeader? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!FileHeader.IsIntact(bytes, Magic, FormatVersion))
        {
            return null;
        }

        return new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]));
    }
}
