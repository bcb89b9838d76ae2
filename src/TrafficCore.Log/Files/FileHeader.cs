using System.Buffers.Binary;

namespace TrafficCore.Log;

/// <summary>What the 64 bytes in front of plain and packed segments have in common: magic, format version, checksum at the end.</summary>
internal static class FileHeader
{
    public const int Size = 64;

    private const int VersionOffset = 8;
    private const int CrcOffset = Size - sizeof(uint);

    /// <summary>Clears the bytes and writes magic (8 bytes) and version.</summary>
    public static void Begin(Span<byte> bytes, ReadOnlySpan<byte> magic, ushort version)
    {
        bytes[..Size].Clear();
        magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[VersionOffset..], version);
    }

    /// <summary>Writes the checksum over everything before it.</summary>
    public static void Complete(Span<byte> bytes) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcOffset..], RecordCodec.Crc(uint.MaxValue, bytes[..CrcOffset]));

    /// <summary>Whether these bytes are such a header, undamaged.</summary>
    /// <exception cref="InvalidDataException">They are, and a newer program wrote them.</exception>
    public static bool IsIntact(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> magic, ushort version)
    {
        if (!bytes.StartsWith(magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcOffset..]) != RecordCodec.Crc(uint.MaxValue, bytes[..CrcOffset]))
        {
            return false;
        }

        // Intact, so not damage: writing on would destroy what a newer program meant.
        var found = BinaryPrimitives.ReadUInt16LittleEndian(bytes[VersionOffset..]);
        return found == version ? true : throw new InvalidDataException($"The log segment has format {found}; this program knows {version}.");
    }
}
