namespace TrafficCore.Log;

/// <summary>
/// Finds out what a log directory holds, without changing it: the segments, their salt, and where the last one's valid
/// records end. docs/log-format.md has the rules.
/// </summary>
internal sealed class LogRecovery
{
    private readonly ILogFileSystem _files;
    private readonly long _nominalCapacity;
    private readonly List<Segment> _segments = [];
    private readonly List<LogGap> _gaps = [];
    private readonly List<long> _damaged = [];
    private RecordHeader? _last;
    private long _validEnd;
    private long _tornBytes;
    private bool _clean;

    private LogRecovery(ILogFileSystem files, long nominalCapacity) => (_files, _nominalCapacity) = (files, nominalCapacity);

    public IReadOnlyList<Segment> Segments => _segments;

    /// <summary>Salt of the newest segment that still tells it; null when none does.</summary>
    public uint? Salt { get; private set; }

    public long ValidEnd => _validEnd;

    /// <summary>The last segment can be written on: intact header, whole length, nothing but zeros behind the last record.</summary>
    public bool CanContinue => _clean;

    /// <summary>Highest sequence number that any file name has.</summary>
    public long LastSequence { get; private set; }

    public LogRecoveryReport Report => new()
    {
        Created = _segments.Count == 0,
        Segments = _segments.Count,
        Gaps = [.. _gaps.OrderBy(gap => gap.From)],
        TornBytes = _tornBytes,
        DamagedHeaders = _damaged.Count,
        LastRecord = _last,
    };

    public static LogRecovery Inspect(string directory, ILogFileSystem files, long nominalCapacity)
    {
        var recovery = new LogRecovery(files, nominalCapacity);
        recovery.ReadHeaders(directory);
        recovery.DropOvertaken();
        recovery.FillSalts();
        recovery.ScanTail();
        return recovery;
    }

    private void ReadHeaders(string directory)
    {
        foreach (var name in _files.ListFiles(directory))
        {
            if (!Segment.TryParseName(name, out var sequence, out var @base))
            {
                continue;
            }

            var segment = ReadHeader(new Segment(Path.Combine(directory, name), sequence, @base, Salt: null, FileLength: 0));
            Salt = segment.Salt ?? Salt;
            LastSequence = Math.Max(LastSequence, sequence);
            _segments.Add(segment);
        }

        // Until packing has deleted the plain file that is the one that counts.
        _segments.RemoveAll(packed => packed.IsPacked && _segments.Exists(plain => !plain.IsPacked && plain.Sequence == packed.Sequence));
        _segments.Sort((left, right) => left.Sequence.CompareTo(right.Sequence));
    }

    private Segment ReadHeader(Segment segment)
    {
        using var file = _files.Open(segment.Path, writable: false);
        uint? salt;
        bool damaged;
        long length;
        if (segment.IsPacked)
        {
            var packed = new PackedFile(file);
            (salt, damaged, length) = (packed.Header?.Salt, packed.Damaged, packed.Length);
        }
        else
        {
            (salt, length) = (SegmentHeader.Read(file, out damaged)?.Salt, file.Length);
        }

        if (damaged)
        {
            _damaged.Add(segment.Sequence);
        }

        return segment with { Salt = salt, FileLength = length, StoredBytes = file.Length };
    }

    /// <summary>A later segment says where earlier validity ends; one that begins behind that holds nothing valid.</summary>
    private void DropOvertaken()
    {
        var limit = long.MaxValue;
        for (var i = _segments.Count - 1; i >= 0; i--)
        {
            if (_segments[i].Base > limit)
            {
                _segments.RemoveAt(i);
            }
            else
            {
                limit = _segments[i].Base;
            }
        }
    }

    private void FillSalts()
    {
        for (var i = 0; i < _segments.Count; i++)
        {
            _segments[i] = _segments[i] with { Salt = _segments[i].Salt ?? Salt };
        }
    }

    /// <summary>Reads the last segment through, and earlier ones until a record tells the last times.</summary>
    private void ScanTail()
    {
        if (_segments.Count == 0)
        {
            return;
        }

        ScanLast(_segments[^1]);
        var limit = _segments[^1].Base;
        for (var i = _segments.Count - 2; i >= 0 && _last is null; i--)
        {
            if (_segments[i].Base < limit)
            {
                using var cursor = OpenCursor(_segments[i]);
                ScanRecords(cursor, limit);
            }

            limit = _segments[i].Base;
        }
    }

    private void ScanLast(Segment segment)
    {
        var end = segment.Base + segment.Capacity;
        if (segment.Salt is null)
        {
            // Nothing says which records are this log's.
            GiveUp(segment.Base, segment.Base + Math.Max(segment.Capacity, _nominalCapacity));
            return;
        }

        using var cursor = OpenCursor(segment);
        _validEnd = ScanRecords(cursor, end);
        if (segment.IsPacked)
        {
            // Only a segment that has a successor is packed: somebody took that, and what may have been acknowledged in it.
            GiveUp(end, end + _nominalCapacity);
            return;
        }

        var written = cursor.FindLastWritten(_validEnd, end);
        if (written > _validEnd)
        {
            _tornBytes = written - _validEnd;
        }

        var header = SegmentHeader.Read(cursor.File, out var damaged);
        var capacity = header is { } known ? Segment.CapacityOf(known.FileLength) : _nominalCapacity;
        if (capacity > segment.Capacity)
        {
            // A segment has its whole length before it gets its name: somebody cut off what may have been acknowledged.
            GiveUp(_validEnd, segment.Base + capacity);
            return;
        }

        _clean = !damaged && written == _validEnd;
    }

    /// <summary>Positions that are lost, and must not be given out again.</summary>
    private void GiveUp(long from, long to)
    {
        if (to > from)
        {
            _gaps.Add(new LogGap(from, to));
        }

        _validEnd = to;
    }

    /// <summary>Steps through the records below a limit; returns the end of the last valid one.</summary>
    private long ScanRecords(SegmentCursor cursor, long limit)
    {
        var position = cursor.Segment.Base;
        var valid = position;
        while (true)
        {
            switch (cursor.Step(position, limit, out var header, out var record))
            {
                case SegmentStep.Record:
                    _last = header;
                    position += record.Length;
                    valid = position;
                    continue;
                case SegmentStep.Damage:
                    var next = cursor.FindNext(position, limit);
                    if (next < limit || _segments[^1] != cursor.Segment)
                    {
                        _gaps.Add(new LogGap(position, next));
                    }

                    position = next;
                    continue;
                default:
                    return valid;
            }
        }
    }

    private SegmentCursor OpenCursor(Segment segment) => new(segment, segment.Open(_files));
}
