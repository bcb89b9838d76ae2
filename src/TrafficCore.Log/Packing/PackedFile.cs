using System.IO.Compression;

namespace TrafficCore.Log;

/// <summary>
/// A packed segment, read at the offsets that the plain one had: who reads records need not know which it is. What can't be unpacked
/// reads as zeros, which no record is, so that the search for the next record passes over it.
/// </summary>
/// <remarks>Ownership: single; the last block that was read stays unpacked.</remarks>
internal sealed class PackedFile : ILogFile
{
    private readonly ILogFile _file;
    private readonly PackedHeader? _header;
    private readonly PackedIndex? _index;
    private readonly RecordColumns? _columns;
    private byte[] _packed = [];
    private byte[] _unpacked = [];
    private byte[] _block = [];
    private int _loaded = -1;

    public PackedFile(ILogFile file)
    {
        _file = file;
        try
        {
            _header = PackedHeader.Read(file, out var headerDamaged);
            Damaged = headerDamaged;
            if (_header is { } header)
            {
                _index = PackedIndex.Read(file, header, out var indexDamaged);
                Damaged |= indexDamaged;
                _columns = _index is null ? null : new RecordColumns(_index.Layouts);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public PackedHeader? Header => _header;

    /// <summary>A copy of header or index is not intact; with the other one nothing is lost.</summary>
    public bool Damaged { get; }

    /// <summary>Length that the plain segment had up to its last valid byte.</summary>
    public long Length => _index is null ? 0 : SegmentHeader.DataOffset + _header!.Value.End - _header.Value.Base;

    public int Read(Span<byte> destination, long offset)
    {
        if (_index is null || offset < SegmentHeader.DataOffset)
        {
            return 0;
        }

        var position = _header!.Value.Base + offset - SegmentHeader.DataOffset;
        var total = 0;
        for (var i = FindBlock(position); total < destination.Length && i < _index.Blocks.Count; i++)
        {
            var block = _index.Blocks[i];
            Load(i, block);
            var part = _block.AsSpan((int)(position - block.Start), (int)Math.Min(block.End - position, destination.Length - total));
            part.CopyTo(destination[total..]);
            total += part.Length;
            position += part.Length;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> source, long offset) => throw new NotSupportedException("A packed segment is never written.");

    public void Sync() => _file.Sync();

    public void Dispose() => _file.Dispose();

    /// <summary>Index of the block that holds a position, or the number of blocks.</summary>
    private int FindBlock(long position)
    {
        var blocks = _index!.Blocks;
        var (low, high) = (0, blocks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = blocks[middle].End <= position ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Load(int number, in PackedBlock block)
    {
        if (_loaded == number)
        {
            return;
        }

        _loaded = -1;
        Grow(ref _block, block.Length);
        var content = _block.AsSpan(0, block.Length);
        if (!TryUnpack(block, content))
        {
            content.Clear();
        }

        _loaded = number;
    }

    private bool TryUnpack(in PackedBlock block, Span<byte> content)
    {
        Grow(ref _packed, block.PackedLength);
        var packed = _packed.AsSpan(0, block.PackedLength);
        if (_file.Read(packed, block.Offset) != packed.Length || RecordCodec.Crc(uint.MaxValue, packed) != block.Crc)
        {
            return false;
        }

        if (block.ColumnsLength == 0)
        {
            return BrotliDecoder.TryDecompress(packed, content, out var plain) && plain == content.Length;
        }

        Grow(ref _unpacked, block.ColumnsLength);
        var columns = _unpacked.AsSpan(0, block.ColumnsLength);
        return BrotliDecoder.TryDecompress(packed, columns, out var length) && length == columns.Length
            && _columns!.TryDecode(columns, _header!.Value.Salt, content);
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<byte>(length);
        }
    }
}
