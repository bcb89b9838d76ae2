using System.Buffers.Binary;

namespace TrafficCore.Log;

/// <summary>
/// The 64 bytes that say what a packed segment is, and where its index lies. Two copies, one in front and one at the very
/// end of the file.
/// </summary>
internal readonly record struct PackedHeader(uint Salt, long Sequence, long Base, long End, long IndexOffset, int IndexLength, uint IndexCrc)
{
    public const int Size = FileHeader.Size;

    /// <summary>Distance of the two copies of the index, and what they are aligned to: another page, hence another sector.</summary>
    public const int PageBytes = 4096;

    private const ushort FormatVersion = 1;

    private static ReadOnlySpan<byte> Magic => "TCLOGPAK"u8;

    /// <summary>Where the second copy of the index lies: behind the first, at a page of its own.</summary>
    public long IndexCopyOffset => PageAfter(IndexOffset + IndexLength);

    /// <summary>Where the second copy of the header lies, to the end of the file.</summary>
    public long CopyOffset => PageAfter(IndexCopyOffset + IndexLength);

    public static long PageAfter(long offset) => (offset + PageBytes - 1) / PageBytes * PageBytes;

    public void Write(ILogFile file)
    {
        Span<byte> bytes = stackalloc byte[Size];
        FileHeader.Begin(bytes, Magic, FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Salt);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Base);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], End);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], IndexOffset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[48..], IndexLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[52..], IndexCrc);
        FileHeader.Complete(bytes);
        file.Write(bytes, CopyOffset);
        file.Write(bytes, 0);
    }

    /// <summary>Reads the first intact copy; <paramref name="damaged"/> when one or both are not.</summary>
    /// <exception cref="InvalidDataException">It is intact, and a newer program wrote it.</exception>
    public static PackedHeader? Read(ILogFile file, out bool damaged)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var first = file.Read(bytes, 0) == Size ? Parse(bytes) : null;
        var second = file.Length >= Size && file.Read(bytes, file.Length - Size) == Size ? Parse(bytes) : null;
        damaged = first is null || second is null;
        return first ?? second;
    }

    private static PackedHeader? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!FileHeader.IsIntact(bytes, Magic, FormatVersion))
        {
            return null;
        }

        return new PackedHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[48..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[52..]));
    }
}
