namespace TrafficCore.Log;

/// <summary>What lies at a position of a segment.</summary>
internal enum SegmentStep
{
    Record,
    Damage,
    End,
}

/// <summary>Reads records of one segment through a window of memory, and finds the next one behind damage.</summary>
/// <remarks>Ownership: single. Only bytes below the given end are read, and those never change: the window may be kept.</remarks>
internal sealed class SegmentCursor(Segment segment, ILogFile file) : IDisposable
{
    // One read of 256 KiB costs little more than one of 4 KiB, and a cursor per sink is cheap at that size.
    private const int WindowBytes = 256 * 1024;

    private byte[] _window = [];
    private long _windowStart;
    private int _windowLength;

    public Segment Segment => segment;

    public ILogFile File => file;

    /// <summary>Looks for a whole record at a position; it must end at or before <paramref name="end"/>.</summary>
    public SegmentStep Step(long position, long end, out RecordHeader header, out ReadOnlySpan<byte> record)
    {
        header = default;
        record = default;
        if (position >= end)
        {
            return SegmentStep.End;
        }

        if (segment.Salt is not { } salt)
        {
            return SegmentStep.Damage;
        }

        var bytes = Load(position, RecordHeader.Size, end);
        var status = RecordCodec.TryRead(bytes, salt, out header, out var size);
        if (status == RecordStatus.Incomplete && size > bytes.Length && size <= end - position)
        {
            bytes = Load(position, size, end);
            status = RecordCodec.TryRead(bytes, salt, out header, out size);
        }

        if (status != RecordStatus.Whole)
        {
            return SegmentStep.Damage;
        }

        record = bytes[..size];
        return SegmentStep.Record;
    }

    /// <summary>Position of the next whole record behind a damaged one, or <paramref name="end"/>.</summary>
    public long FindNext(long damaged, long end)
    {
        if (segment.Salt is null)
        {
            return end;
        }

        var position = damaged + RecordCodec.Alignment;
        while (position < end)
        {
            var bytes = Load(position, RecordHeader.Size, end);
            if (bytes.Length < RecordHeader.Size)
            {
                return end;
            }

            var candidate = FindCandidate(bytes);
            position += candidate;
            if (candidate + RecordHeader.Size <= bytes.Length
                && Step(position, end, out _, out _) == SegmentStep.Record)
            {
                return position;
            }

            // Behind the window's last possible header the next load begins; a refuted candidate is stepped over.
            position += candidate + RecordHeader.Size <= bytes.Length ? RecordCodec.Alignment : 0;
        }

        return end;
    }

    /// <summary>Position behind the last byte that is not zero, rounded up to the alignment; <paramref name="from"/> when all are.</summary>
    public long FindLastWritten(long from, long end)
    {
        var last = from;
        for (var position = from; position < end;)
        {
            var bytes = Load(position, RecordCodec.Alignment, end);
            if (bytes.IsEmpty)
            {
                break;
            }

            var index = bytes.LastIndexOfAnyExcept((byte)0);
            last = index < 0 ? last : position + index + 1;
            position += bytes.Length;
        }

        return (last + RecordCodec.Alignment - 1) & ~(RecordCodec.Alignment - 1L);
    }

    public void Dispose() => file.Dispose();

    /// <summary>Offset of the next place that may be a header, or the first one too near the window's end to tell.</summary>
    private static int FindCandidate(ReadOnlySpan<byte> bytes)
    {
        var offset = 0;
        while (offset + RecordHeader.Size <= bytes.Length)
        {
            if (RecordCodec.LooksLikeHeader(bytes[offset..]))
            {
                return offset;
            }

            // Zeros are skipped at memory speed; a header begins with at most 8 of them (length and checksum).
            var zeros = bytes[offset..].IndexOfAnyExcept((byte)0);
            zeros = zeros < 0 ? bytes.Length - offset : zeros;
            var skip = (zeros & ~(RecordCodec.Alignment - 1)) - RecordCodec.Alignment;
            offset += Math.Max(RecordCodec.Alignment, skip);
        }

        return offset;
    }

    private ReadOnlySpan<byte> Load(long position, int wanted, long end)
    {
        var skip = position - _windowStart;
        if (skip >= 0 && skip <= _windowLength)
        {
            var available = (int)Math.Min(_windowLength - skip, end - position);
            if (available >= wanted || available == end - position)
            {
                return _window.AsSpan((int)skip, available);
            }
        }

        var size = (int)Math.Min(Math.Max(wanted, WindowBytes), end - position);
        if (_window.Length < size)
        {
            _window = GC.AllocateUninitializedArray<byte>(size);
        }

        // Unset first: a read that throws leaves the window half overwritten.
        _windowLength = 0;
        _windowStart = position;
        _windowLength = file.Read(_window.AsSpan(0, size), segment.OffsetOf(position));
        return _window.AsSpan(0, _windowLength);
    }
}
