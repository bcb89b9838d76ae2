namespace TrafficCore.Log;

/// <summary>Proves that the sealed segments of a log are those that were sealed, or says what differs. Changes nothing.</summary>
/// <remarks>Ownership: used once, by one thread, on a log that nobody writes.</remarks>
public sealed class HistoryAudit
{
    private readonly ILogFileSystem _files;
    private readonly ChainFile _chain;
    private readonly Segment[] _segments;
    private readonly List<HistoryProblem> _problems = [];
    private int _verified;

    private HistoryAudit(ILogFileSystem files, ChainFile chain, Segment[] segments) => (_files, _chain, _segments) = (files, chain, segments);

    /// <summary>Compares every sealed segment of a log with its chain.</summary>
    /// <param name="directory">The log's own directory.</param>
    /// <param name="files">File system.</param>
    /// <param name="head">A head that was noted down earlier, to prove that this chain is its continuation; null: none.</param>
    /// <exception cref="IOException">The disk can't be read.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote the log.</exception>
    public static HistoryReport Verify(string directory, ILogFileSystem files, byte[]? head = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        var segments = ListSegments(directory, files);
        var chain = ChainFile.Read(directory, files, out var damaged);
        var nothing = new ChainFile(new ChainAnchor(0, 0, new byte[ChainLink.HashBytes]), 0, []);
        var audit = new HistoryAudit(files, chain ?? nothing, segments);
        if (chain is null)
        {
            var kind = damaged ? HistoryProblemKind.ChainDamaged : HistoryProblemKind.ChainMissing;
            audit._problems.Add(new HistoryProblem(kind, ChainFile.Name, 0, segments.Length == 0 ? 0 : segments.Max(static segment => segment.Base)));
        }
        else
        {
            audit.CheckLinks();
            audit.CheckInserted();
        }

        audit.CheckHead(head);
        return audit.Report();
    }

    private static Segment[] ListSegments(string directory, ILogFileSystem files)
    {
        var found = new Dictionary<(long, long), Segment>();

        // In ordinal order: the plain file (.log) comes before the packed one and is the one that counts.
        foreach (var name in files.ListFiles(directory))
        {
            if (Segment.TryParseName(name, out var sequence, out var @base))
            {
                found.TryAdd((sequence, @base), new Segment(Path.Combine(directory, name), sequence, @base, Salt: null, FileLength: 0));
            }
        }

        return [.. found.Values];
    }

    private void CheckLinks()
    {
        var previous = _chain.Anchor.Hash;
        foreach (var link in _chain.Links)
        {
            if (!link.Follows(previous))
            {
                Add(HistoryProblemKind.ChainAltered, $"{ChainFile.Name}, link of segment {link.Sequence}", link);
            }

            previous = link.Hash;
            if (Array.Find(_segments, segment => segment.Sequence == link.Sequence && segment.Base == link.Base) is { } segment)
            {
                CheckSegment(segment, link);
            }
            else if (link.Sequence > _chain.RetiredSequence)
            {
                Add(HistoryProblemKind.Removed, Segment.NameOf(link.Sequence, link.Base), link);
            }
        }
    }

    private void CheckSegment(Segment segment, ChainLink link)
    {
        _verified++;
        var subject = Path.GetFileName(segment.Path);
        using var stored = _files.Open(segment.Path, writable: false);
        var (sequence, whole, readable) = Look(segment, stored, link);
        if (sequence is { } other && other != link.Sequence)
        {
            Add(HistoryProblemKind.Exchanged, subject, link);
            return;
        }

        if (!whole)
        {
            Add(HistoryProblemKind.Truncated, subject, link);
            return;
        }

        var content = SegmentContent.Hash(segment, readable, link.End)!;
        if (!content.AsSpan().SequenceEqual(link.Content))
        {
            var isAnother = _chain.Links.Any(another => another.Content.AsSpan().SequenceEqual(content));
            Add(isAnother ? HistoryProblemKind.Exchanged : HistoryProblemKind.Changed, subject, link);
        }
    }

    /// <summary>Sequence number in the header, when that is intact; whether the file is as long as it was; and how to read it.</summary>
    private static (long? Sequence, bool IsWhole, ILogFile Readable) Look(Segment segment, ILogFile stored, ChainLink link)
    {
        if (!segment.IsPacked)
        {
            return (SegmentHeader.Read(stored, out _)?.Sequence, stored.Length >= segment.OffsetOf(link.End), stored);
        }

        // Not owned: both stand for the same open file.
        var packed = new PackedFile(stored);
        return (packed.Header?.Sequence, packed.Header is not { } header || stored.Length >= header.CopyOffset + PackedHeader.Size, packed);
    }

    /// <summary>
    /// A segment without a link among the linked ones, or one that says that linked ones end earlier. One whose positions
    /// all belong to a later segment holds nothing that anybody reads: such a file may stay behind when a disk fails.
    /// </summary>
    private void CheckInserted()
    {
        foreach (var segment in _segments)
        {
            var isLinked = _chain.Links.Any(link => link.Sequence == segment.Sequence && link.Base == segment.Base);
            var isAmong = segment.Sequence <= _chain.LastSequence || segment.Base < _chain.End;
            if (!isLinked && isAmong && !_segments.Any(later => later.Sequence > segment.Sequence && later.Base <= segment.Base))
            {
                var next = _segments.Where(other => other.Base > segment.Base).Select(static other => other.Base).DefaultIfEmpty(_chain.End).Min();
                _problems.Add(new HistoryProblem(HistoryProblemKind.Inserted, Path.GetFileName(segment.Path), segment.Base, next));
            }
        }
    }

    private void CheckHead(byte[]? head)
    {
        if (head is not null && !_chain.Links.Select(static link => link.Hash).Append(_chain.Anchor.Hash).Any(hash => hash.AsSpan().SequenceEqual(head)))
        {
            _problems.Add(new HistoryProblem(HistoryProblemKind.HeadUnknown, Convert.ToHexStringLower(head), _chain.Anchor.Position, _chain.End));
        }
    }

    private void Add(HistoryProblemKind kind, string subject, ChainLink link) => _problems.Add(new HistoryProblem(kind, subject, link.Base, link.End));

    private HistoryReport Report() => new()
    {
        AnchorPosition = _chain.Anchor.Position,
        Anchor = Convert.ToHexStringLower(_chain.Anchor.Hash),
        Verified = _verified,
        SealedEnd = _chain.End,
        Head = Convert.ToHexStringLower(_chain.Head),
        Problems = _problems,
    };
}
