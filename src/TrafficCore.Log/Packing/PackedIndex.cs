using System.Buffers;
using System.Buffers.Binary;

namespace TrafficCore.Log;

/// <summary>One compressed block of a packed segment.</summary>
/// <param name="Start">Position of its first byte.</param>
/// <param name="Length">Bytes of the log it holds.</param>
/// <param name="Offset">Where it lies in the file.</param>
/// <param name="PackedLength">Bytes there.</param>
/// <param name="ColumnsLength">Bytes of columns before compression; 0 when the bytes of the log were compressed as they are.</param>
/// <param name="Crc">CRC32C of the compressed bytes, seed 0xFFFFFFFF.</param>
internal readonly record struct PackedBlock(long Start, int Length, long Offset, int PackedLength, int ColumnsLength, uint Crc)
{
    public long End => Start + Length;
}

/// <summary>What a packed segment consists of: the layouts its columns follow, and its blocks in order. Immutable.</summary>
internal sealed record PackedIndex(IReadOnlyList<RecordLayout> Layouts, IReadOnlyList<PackedBlock> Blocks)
{
    private const int EntrySize = 16;

    public byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write([(byte)Layouts.Count]);
        foreach (var layout in Layouts)
        {
            bytes.Write([layout.Type, layout.Version, (byte)layout.Lead.Length, (byte)layout.Entry.Length]);
            bytes.Write([.. layout.Lead.Concat(layout.Entry).Select(static width => (byte)width)]);
        }

        foreach (var block in Blocks)
        {
            var entry = bytes.GetSpan(EntrySize);
            BinaryPrimitives.WriteInt32LittleEndian(entry, block.Length);
            BinaryPrimitives.WriteInt32LittleEndian(entry[4..], block.PackedLength);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], block.ColumnsLength);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], block.Crc);
            bytes.Advance(EntrySize);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads the first intact copy of the index; null when there is none.</summary>
    public static PackedIndex? Read(ILogFile file, in PackedHeader header, out bool damaged)
    {
        var first = ReadCopy(file, header, header.IndexOffset);
        var second = ReadCopy(file, header, header.IndexCopyOffset);
        damaged = first is null || second is null;
        return (first ?? second) is { } bytes ? Parse(bytes, header.Base) : null;
    }

    private static byte[]? ReadCopy(ILogFile file, in PackedHeader header, long offset)
    {
        var bytes = new byte[header.IndexLength];
        return file.Read(bytes, offset) == bytes.Length && RecordCodec.Crc(uint.MaxValue, bytes) == header.IndexCrc ? bytes : null;
    }

    private static PackedIndex Parse(ReadOnlySpan<byte> bytes, long start)
    {
        var layouts = new RecordLayout[bytes[0]];
        bytes = bytes[1..];
        for (var i = 0; i < layouts.Length; i++)
        {
            var (lead, entry) = (bytes[2], bytes[3]);
            var widths = bytes.Slice(4, lead + entry).ToArray().Select(static width => (int)width).ToArray();
            layouts[i] = new RecordLayout(bytes[0], bytes[1], widths[..lead], widths[lead..]);
            bytes = bytes[(4 + widths.Length)..];
        }

        var blocks = new PackedBlock[bytes.Length / EntrySize];
        long offset = PackedHeader.Size;
        for (var i = 0; i < blocks.Length; i++)
        {
            var entry = bytes[(i * EntrySize)..];
            blocks[i] = new PackedBlock(
                start,
                BinaryPrimitives.ReadInt32LittleEndian(entry),
                offset,
                BinaryPrimitives.ReadInt32LittleEndian(entry[4..]),
                BinaryPrimitives.ReadInt32LittleEndian(entry[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]));
            (start, offset) = (blocks[i].End, offset + blocks[i].PackedLength);
        }

        return new PackedIndex(layouts, blocks);
    }
}
