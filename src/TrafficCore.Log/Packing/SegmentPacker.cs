using System.Buffers;
using System.IO.Compression;

namespace TrafficCore.Log;

/// <summary>Writes the content of a segment into another file, compressed block by block.</summary>
/// <remarks>Ownership: single. A block holds whole records, or a damaged stretch, so that damage in the packed file costs one block.</remarks>
internal sealed class SegmentPacker(IReadOnlyList<RecordLayout> layouts, int blockBytes = SegmentPacker.BlockBytes)
{
    /// <summary>Bytes of records in a block: as many as recovery reads at once. Smaller ones compress worse, larger ones cost readers memory.</summary>
    public const int BlockBytes = 1024 * 1024;

    // Above 6 Brotli takes five times as long for five percent less; the window spans a block.
    private const int Quality = 6;
    private const int WindowBits = 20;
    private const int SyncEveryBytes = 4 * 1024 * 1024;

    private readonly RecordColumns _columns = new(layouts);
    private readonly ArrayBufferWriter<byte> _records = new();
    private readonly ArrayBufferWriter<byte> _encoded = new();
    private readonly List<PackedBlock> _blocks = [];
    private byte[] _packed = [];
    private long _offset;
    private long _synced;

    /// <summary>Packs the positions from the segment's base to <paramref name="end"/>; all of it is durable when this returns.</summary>
    /// <param name="source">The plain segment; its salt is known.</param>
    /// <param name="end">Where its validity ends.</param>
    /// <param name="target">An empty file.</param>
    /// <param name="pause">Called after each block; false: the work is to be given up.</param>
    /// <returns>False when it was given up.</returns>
    public bool TryPack(SegmentCursor source, long end, ILogFile target, Func<bool> pause)
    {
        var segment = source.Segment;
        _blocks.Clear();
        _records.ResetWrittenCount();
        (_offset, _synced) = (PackedHeader.Size, 0);
        for (var position = segment.Base; position < end;)
        {
            if (source.Step(position, end, out _, out var record) == SegmentStep.Record)
            {
                if (_records.WrittenCount > 0 && _records.WrittenCount + record.Length > blockBytes && !AddRecords(target, pause))
                {
                    return false;
                }

                _records.Write(record);
                position += record.Length;
                continue;
            }

            var next = source.FindNext(position, end);
            if (!AddRecords(target, pause) || !AddDamage(source, position, next, target, pause))
            {
                return false;
            }

            position = next;
        }

        if (!AddRecords(target, pause))
        {
            return false;
        }

        Finish(segment, end, target);
        return true;
    }

    private bool AddRecords(ILogFile target, Func<bool> pause)
    {
        if (_records.WrittenCount == 0)
        {
            return true;
        }

        _encoded.ResetWrittenCount();
        if (_columns.TryEncode(_records.WrittenSpan, _encoded))
        {
            AddBlock(_records.WrittenCount, _encoded.WrittenSpan, _encoded.WrittenCount, target);
        }
        else
        {
            AddBlock(_records.WrittenCount, _records.WrittenSpan, 0, target);
        }

        _records.ResetWrittenCount();
        return pause();
    }

    /// <summary>Damaged bytes are kept as they are: somebody may still make something of them.</summary>
    private bool AddDamage(SegmentCursor source, long from, long to, ILogFile target, Func<bool> pause)
    {
        while (from < to)
        {
            var bytes = new byte[Math.Min(blockBytes, to - from)];
            _ = source.File.Read(bytes, source.Segment.OffsetOf(from));
            AddBlock(bytes.Length, bytes, 0, target);
            from += bytes.Length;
            if (!pause())
            {
                return false;
            }
        }

        return true;
    }

    private void AddBlock(int length, ReadOnlySpan<byte> content, int columnsLength, ILogFile target)
    {
        var most = BrotliEncoder.GetMaxCompressedLength(content.Length);
        if (_packed.Length < most)
        {
            _packed = GC.AllocateUninitializedArray<byte>(most);
        }

        if (!BrotliEncoder.TryCompress(content, _packed, out var written, Quality, WindowBits))
        {
            throw new InvalidDataException("A block does not compress into the room that any content fits into.");
        }

        var packed = _packed.AsSpan(0, written);
        target.Write(packed, _offset);
        _blocks.Add(new PackedBlock(0, length, _offset, written, columnsLength, RecordCodec.Crc(uint.MaxValue, packed)));
        _offset += written;
        if (_offset - _synced >= SyncEveryBytes)
        {
            // In small steps, so that commits do not queue behind much.
            target.Sync();
            _synced = _offset;
        }
    }

    private void Finish(Segment segment, long end, ILogFile target)
    {
        var index = new PackedIndex(layouts, _blocks).ToBytes();
        var header = new PackedHeader(
            segment.Salt!.Value, segment.Sequence, segment.Base, end, PackedHeader.PageAfter(_offset), index.Length, RecordCodec.Crc(uint.MaxValue, index));
        target.Write(index, header.IndexOffset);
        target.Write(index, header.IndexCopyOffset);
        header.Write(target);
        target.Sync();
    }
}
