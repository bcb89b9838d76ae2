using System.Diagnostics.CodeAnalysis;

namespace TrafficCore.Log;

/// <summary>What a read came to.</summary>
public enum LogReadStatus
{
    /// <summary>A record.</summary>
    Record,

    /// <summary>Positions whose records are damaged, missing or retired, now skipped; see <see cref="LogReader.Gap"/>.</summary>
    Gap,

    /// <summary>The durable end; more may come.</summary>
    End,
}

/// <summary>Reads a log in order from a position, and follows it while it grows.</summary>
/// <remarks>
/// Ownership: single, on any thread. Retention may delete what it has not read: it then gets a gap. Read errors of the
/// disk are thrown and leave the position where it is.
/// </remarks>
public sealed class LogReader : IDisposable
{
    private readonly SegmentReaderSource _source;
    private readonly BatchPool _batches = new();
    private SegmentCursor? _cursor;
    private long _position;

    internal LogReader(SegmentReaderSource source, long from)
    {
        _source = source;
        Seek(from);
    }

    /// <summary>Where the next read begins.</summary>
    public long Position => _position;

    /// <summary>Lowest position that is still there.</summary>
    public long Start => _source.Catalog.Start;

    /// <summary>Where reading ends for now.</summary>
    public long DurableEnd => _source.Catalog.DurableEnd;

    /// <summary>What was skipped, after <see cref="LogReadStatus.Gap"/>.</summary>
    public LogGap Gap { get; private set; }

    /// <summary>
    /// Reads the log of a directory that nobody writes, without changing anything: for audit and export. Behind a torn tail it
    /// ends.
    /// </summary>
    public static LogReader OpenDirectory(string directory, ILogFileSystem files, long from)
    {
        ArgumentNullException.ThrowIfNull(files);
        var recovery = LogRecovery.Inspect(directory, files, nominalCapacity: 0);
        return new LogReader(new SegmentReaderSource(files, new SegmentCatalog(recovery.Segments, recovery.ValidEnd)), from);
    }

    /// <summary>Goes to the position of a record (or of the log's start or end).</summary>
    public void Seek(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (position % RecordCodec.Alignment != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(position), position, "No record can begin here.");
        }

        _position = position;
    }

    /// <summary>Reads the next record; it is borrowed until the next call.</summary>
    public LogReadStatus Read(out LogRecord record)
    {
        record = default;
        var place = Enter(out var cursor, out var end);
        if (place == LogReadStatus.End)
        {
            return place;
        }

        if (place == LogReadStatus.Record)
        {
            if (cursor!.Step(_position, end, out var header, out var bytes) == SegmentStep.Record)
            {
                var next = _position + bytes.Length;
                record = new LogRecord(_position, next, header, bytes.Slice(RecordHeader.Size, header.Length));
                _position = next;
                return place;
            }

            end = cursor.FindNext(_position, end);
        }

        Gap = new LogGap(_position, end);
        _position = end;
        return LogReadStatus.Gap;
    }

    /// <summary>
    /// The damaged bytes of <see cref="Gap"/>, from its beginning, at most 16 MiB of them; none when they were deleted or their file is missing. For
    /// whoever wants to know what it was: no checksum fits.
    /// </summary>
    public byte[] ReadGap()
    {
        if (!_source.Catalog.TryFind(Gap.From, Gap.To, out var segment, out var end) || (_cursor?.Segment != segment && !TryOpen(segment)))
        {
            return [];
        }

        var bytes = new byte[Math.Min(RecordCodec.MaxBodyLength, Math.Min(Gap.To, end) - Gap.From)];
        return bytes[.._cursor!.File.Read(bytes, segment.OffsetOf(Gap.From))];
    }

    /// <summary>
    /// Reads many whole records at once, for recovery and replay. False at the end and before a gap: <see cref="Read"/> then tells
    /// which. The batch carries one reference that the caller releases.
    /// </summary>
    public bool TryReadBatch([NotNullWhen(true)] out LogBatch? batch)
    {
        batch = null;
        if (Enter(out var cursor, out var end) != LogReadStatus.Record || cursor!.Segment.Salt is not { } salt)
        {
            return false;
        }

        var wanted = BatchPool.BatchBytes;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var made = _batches.Rent(wanted, _position);
            var room = (int)Math.Min(made.Memory.Length, end - _position);
            var bytes = made.Memory.AsSpan(0, cursor.File.Read(made.Memory.AsSpan(0, room), cursor.Segment.OffsetOf(_position)));
            made.SetLength(MeasureWhole(bytes, salt, out var missing));
            if (made.Length > 0)
            {
                _position = made.End;
                batch = made;
                return true;
            }

            made.Release();
            if (missing <= room || missing > end - _position)
            {
                return false;
            }

            wanted = missing;
        }

        return false;
    }

    /// <summary>Closes the segment file it has open. Batches stay valid until released.</summary>
    public void Dispose() => _cursor?.Dispose();

    /// <summary>Bytes of the whole records in front; <paramref name="missing"/> is the size of the record that is cut off, or 0.</summary>
    private static int MeasureWhole(ReadOnlySpan<byte> bytes, uint salt, out int missing)
    {
        var whole = 0;
        while (RecordCodec.TryRead(bytes[whole..], salt, out _, out missing) == RecordStatus.Whole)
        {
            whole += missing;
        }

        return whole;
    }

    /// <summary>Opens the segment of the position. For a gap, <paramref name="end"/> is where it ends.</summary>
    private LogReadStatus Enter(out SegmentCursor? cursor, out long end)
    {
        while (true)
        {
            cursor = null;
            var durableEnd = _source.Catalog.DurableEnd;
            end = durableEnd;
            if (_position >= durableEnd)
            {
                return LogReadStatus.End;
            }

            if (!_source.Catalog.TryFind(_position, durableEnd, out var segment, out end))
            {
                // Retired, all of it up to the first segment that is left.
                return LogReadStatus.Gap;
            }

            if (_cursor?.Segment == segment || TryOpen(segment))
            {
                cursor = _cursor;
                return LogReadStatus.Record;
            }

            if (_source.Catalog.Segments.Contains(segment))
            {
                // Not retired by this log: somebody else took the file.
                return LogReadStatus.Gap;
            }
        }
    }

    private bool TryOpen(Segment segment)
    {
        _cursor?.Dispose();
        _cursor = null;
        try
        {
            _cursor = new SegmentCursor(segment, segment.Open(_source.Files));
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
