namespace TrafficCore.Log;

/// <summary>
/// What is written no more: links its segments into the chain of hashes, swaps in their packed form, deletes them from the
/// oldest on.
/// </summary>
/// <remarks>
/// Ownership: any thread (sealer, retention, the writer when it rewinds), one at a time under its lock; the writer's adding goes
/// on meanwhile. On disk always: linked, then said to be retired, then deleted. So what is missing was either deleted by retention or
/// taken by somebody else, and the chain tells which.
/// </remarks>
internal sealed class SealedHistory
{
    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly ILogFileSystem _files;
    private readonly SegmentCatalog _catalog;
    private readonly Queue<string> _doomed = new();
    private volatile ChainFile _chain;

    /// <param name="directory">The log's own directory.</param>
    /// <param name="files">File system.</param>
    /// <param name="catalog">The log's segments.</param>
    /// <param name="chain">What the log's file says; null: a chain is begun at the oldest segment there is.</param>
    public SealedHistory(string directory, ILogFileSystem files, SegmentCatalog catalog, ChainFile? chain)
    {
        (_directory, _files, _catalog) = (directory, files, catalog);
        if (chain is null)
        {
            var oldest = catalog.Segments.Count == 0 ? 1 : catalog.Segments[0].Sequence;
            _chain = new ChainFile(new ChainAnchor(oldest - 1, catalog.Start, new byte[ChainLink.HashBytes]), oldest - 1, []);
            _chain.Save(directory, files);
            return;
        }

        _chain = chain;
        ForgetRetired();
    }

    /// <summary>The chain as it is on disk, or with fewer retired links.</summary>
    public ChainFile Chain => _chain;

    /// <summary>Links the oldest segment that is not linked yet, if it is one of the finished; null when there is none or the work was given up.</summary>
    /// <exception cref="IOException">It can't be read, or the chain not be written; the next call tries again.</exception>
    public Segment? LinkNext(Func<Segment, bool> isReady, Func<bool> pause)
    {
        var (segment, end) = _catalog.Finished.FirstOrDefault(finished => finished.Segment.Sequence > _chain.LastSequence);
        if (segment is null || !isReady(segment))
        {
            return null;
        }

        var content = HashOrNothing(segment, end, pause);
        lock (_gate)
        {
            // Retention may have been faster, and have linked it itself; the end is another one when the log was rewound.
            if (content is null || segment.Sequence <= _chain.LastSequence || !_catalog.Finished.Contains((segment, end)))
            {
                return null;
            }

            SaveUnderLock(WithLinkUnderLock(segment, end, content));
            return segment;
        }
    }

    /// <summary>The link of a segment, when it has one.</summary>
    public ChainLink? Find(Segment segment) => _chain.Links.FirstOrDefault(link => link.Sequence == segment.Sequence);

    /// <summary>Puts a packed file, whole and durable under a temporary name, in the place of its segment, unless that is gone.</summary>
    /// <exception cref="IOException">The segment is as it was; or the plain file stays behind and the next call deletes it.</exception>
    public void Replace(Segment segment, string temporary, long storedBytes, long plainLength)
    {
        lock (_gate)
        {
            if (!_catalog.Segments.Contains(segment))
            {
                return;
            }

            _files.Rename(temporary, segment.PackedPath);
            _files.SyncDirectory(_directory);
            _catalog.Replace(segment, segment with { Path = segment.PackedPath, FileLength = plainLength, StoredBytes = storedBytes });
            _doomed.Enqueue(segment.PlainPath);
            DeleteDoomedUnderLock();
        }
    }

    /// <summary>Deletes each segment that ends at or below a position; the last one always stays.</summary>
    /// <exception cref="IOException">A file stays behind; it is tried again at the next call.</exception>
    public void RetainFrom(long position)
    {
        lock (_gate)
        {
            var limit = Math.Min(position, _catalog.DurableEnd);
            var segments = _catalog.Segments;
            var superfluous = segments.Take(segments.Count - 1).TakeWhile((_, i) => segments[i + 1].Base <= limit).ToArray();
            if (superfluous.Length > 0)
            {
                RetireUnderLock(superfluous);
            }

            DeleteDoomedUnderLock();
            ForgetRetired();
        }
    }

    /// <summary>The log is about to be rewound to a position: what the chain says of positions behind it no longer holds.</summary>
    public void CutAt(long position)
    {
        lock (_gate)
        {
            if (_chain.End > position)
            {
                SaveUnderLock(_chain with { Links = [.. _chain.Links.TakeWhile(link => link.End <= position)] });
            }
        }
    }

    private void RetireUnderLock(Segment[] superfluous)
    {
        var chain = _chain;
        foreach (var (segment, end) in _catalog.Finished.Where(finished => finished.Segment.Sequence > chain.LastSequence).ToArray())
        {
            if (Array.IndexOf(superfluous, segment) >= 0)
            {
                // Unlinked it could never be told from one that somebody took.
                SaveUnderLock(WithLinkUnderLock(segment, end, HashOrNothing(segment, end, pause: null)!));
            }
        }

        SaveUnderLock(_chain with { RetiredSequence = superfluous[^1].Sequence });
        foreach (var segment in superfluous)
        {
            // Out of the list first: readers then take it for gone and never wait for a file that is not there.
            _catalog.Remove(segment);
            _doomed.Enqueue(segment.PackedPath);
            _doomed.Enqueue(segment.PlainPath);
        }
    }

    private byte[]? HashOrNothing(Segment segment, long end, Func<bool>? pause)
    {
        try
        {
            using var file = segment.Open(_files);
            return SegmentContent.Hash(segment, file, end, pause);
        }
        catch (FileNotFoundException)
        {
            // Somebody took it. Zeros are the hash of nothing, so that it shows when the chain is verified.
            return new byte[ChainLink.HashBytes];
        }
    }

    private ChainFile WithLinkUnderLock(Segment segment, long end, byte[] content) =>
        _chain with { Links = [.. _chain.Links, ChainLink.After(_chain.Head, segment.Sequence, segment.Base, end, content)] };

    private void SaveUnderLock(ChainFile chain)
    {
        chain.Save(_directory, _files);
        _chain = chain;
    }

    private void DeleteDoomedUnderLock()
    {
        while (_doomed.TryPeek(out var path))
        {
            // Each deletion is made durable before the next, so that a crash leaves no hole in the middle.
            _files.Delete(path);
            _files.SyncDirectory(_directory);
            _doomed.Dequeue();
        }
    }

    /// <summary>Links of what retention has deleted fold into the anchor; the file follows when it is next written.</summary>
    private void ForgetRetired()
    {
        var chain = _chain;
        var present = _catalog.Segments.Select(static segment => segment.Sequence).ToHashSet();
        var gone = chain.Links.TakeWhile(link => link.Sequence <= chain.RetiredSequence && !present.Contains(link.Sequence)).ToArray();
        if (gone is [.., var last])
        {
            _chain = chain with { Anchor = new ChainAnchor(last.Sequence, last.End, last.Hash), Links = [.. chain.Links.Skip(gone.Length)] };
        }
    }
}
