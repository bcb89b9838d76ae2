using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>All pages of one intersection: those in memory, where the others stand, and which were deleted.</summary>
/// <remarks>Ownership: the shard loop. Whether a page is in memory never shows in outputs.</remarks>
internal sealed class PageBook(string intersection, ShardContext context)
{
    private readonly PageIndex _index = new();
    private readonly List<PageState> _resident = [];
    private PageState? _last;
    private long _nextSweepMs = long.MaxValue;

    public Tombstones Deleted { get; } = new();

    public IReadOnlyList<PageState> Resident => _resident;

    /// <summary>The lowest position in the state log that is still needed.</summary>
    public long OldestPosition => _index.OldestPosition;

    /// <summary>Index of the oldest page; what is older belongs to nothing.</summary>
    public long OldestIndex => _index.Count > 0 ? _index[0].Index : long.MaxValue;

    /// <summary>Receive time, Unix milliseconds UTC, from which on something may have expired; <see cref="long.MaxValue"/> for never.</summary>
    public long NextExpiryMs => _nextSweepMs == long.MaxValue ? long.MaxValue : _nextSweepMs + 1;

    /// <summary>The page, loaded or made when needed; null when it was deleted.</summary>
    public PageState? Get(long index)
    {
        if (_last is { } last && last.Index == index)
        {
            return last;
        }

        PageState? page = FindResident(index, out int at) ?? Load(index, at);
        if (page is null && !Deleted.Contains(index))
        {
            page = new PageState(index, context.Lengths);
            _index.Set(new PageEntry(index, PageIndex.Nowhere, context.ReceivedMs));
            _nextSweepMs = Math.Min(_nextSweepMs, context.ReceivedMs + context.Options.HistoryKeepMs);
            Admit(page, at);
        }

        _last = page ?? _last;
        return page;
    }

    /// <summary>Whether a page exists, in memory or not.</summary>
    public bool Exists(long index) => _index.Find(index) >= 0;

    /// <summary>Notes a change at the record at hand.</summary>
    public void MarkChanged(PageState page)
    {
        page.TouchedMs = context.ElapsedMs;
        page.LastWriteMs = context.ReceivedMs;
        Recount(page, isDirty: true);
    }

    /// <summary>Appends changed pages; they stay.</summary>
    public void Flush()
    {
        foreach (PageState page in _resident)
        {
            Append(page);
        }
    }

    /// <summary>Lets go of pages that nothing has touched for long.</summary>
    public void EvictIdle()
    {
        for (int i = _resident.Count - 1; i >= 0; i--)
        {
            if (context.ElapsedMs - _resident[i].TouchedMs >= context.Options.InMemoryMs && IsPast(_resident[i]))
            {
                Evict(i);
            }
        }
    }

    /// <summary>Lets go of every page of the past that has no work, however recently it was touched.</summary>
    public void EvictPast()
    {
        for (int i = _resident.Count - 1; i >= 0; i--)
        {
            if (IsPast(_resident[i]))
            {
                Evict(i);
            }
        }
    }

    /// <summary>Deletes what history no longer keeps. By receive time, at ticks only: the outcome of late readings depends on it.</summary>
    public bool DeleteExpired()
    {
        if (context.ReceivedMs <= _nextSweepMs)
        {
            return false;
        }

        Deleted.Expire(context.ReceivedMs);
        _nextSweepMs = Deleted.NextExpiryMs;
        for (int i = 0; i < _index.Count; i++)
        {
            PageEntry entry = _index[i];
            PageState? page = FindResident(entry.Index, out int at);
            long expires = (page?.LastWriteMs ?? entry.LastWriteMs) + context.Options.HistoryKeepMs;
            if (expires >= context.ReceivedMs || page?.WorkCount > 0)
            {
                _nextSweepMs = Math.Min(_nextSweepMs, expires);
                continue;
            }

            if (page is not null)
            {
                Drop(at);
            }

            _index.RemoveAt(i--);
            Deleted.Add(entry.Index, context.ReceivedMs);
            _nextSweepMs = Math.Min(_nextSweepMs, Deleted.NextExpiryMs);
        }

        return true;
    }

    public void Write(BodyWriter writer)
    {
        foreach (PageState page in _resident)
        {
            _index.Set(_index[_index.Find(page.Index)] with { LastWriteMs = page.LastWriteMs });
        }

        _index.Write(writer);
        Deleted.Write(writer);
        writer.Count(_resident.Count(p => p.WorkCount > 0));
        foreach (PageState page in _resident.Where(p => p.WorkCount > 0))
        {
            writer.Signed(page.Index);
        }
    }

    /// <summary>Takes the index and loads the pages that have work, handing them to <paramref name="loaded"/>.</summary>
    public void Read(ref BodyReader reader, Action<PageState> loaded)
    {
        _index.Read(ref reader);
        Deleted.Read(ref reader);
        _nextSweepMs = Deleted.NextExpiryMs;
        for (int i = 0; i < _index.Count; i++)
        {
            _nextSweepMs = Math.Min(_nextSweepMs, _index[i].LastWriteMs + context.Options.HistoryKeepMs);
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            loaded(Get(reader.Signed())!);
        }
    }

    /// <summary>What was emitted within the last second is still needed: the next correction must keep its distance.</summary>
    private bool IsPast(PageState page) => page.WorkCount == 0 && IsOver(page) && page.LastEmitMs < context.ElapsedMs - 1000;

    private bool IsOver(PageState page) => page.End + context.Options.InMemoryMs <= context.ReceivedMs;

    private PageState? Load(long index, int at)
    {
        int entry = _index.Find(index);
        if (entry < 0)
        {
            return null;
        }

        PageState page = PageCodec.Read(context.Store.Read(_index[entry].Position).Span, intersection, index, context.Lengths, context.Pool);
        Admit(page, at);
        return page;
    }

    private void Admit(PageState page, int at)
    {
        page.TouchedMs = context.ElapsedMs;
        _resident.Insert(~at, page);
        Recount(page, isDirty: false);
    }

    private void Append(PageState page)
    {
        if (!page.IsDirty)
        {
            return;
        }

        context.PageBody.Clear();
        PageCodec.Write(context.PageBody, intersection, page, context.Lengths, context.Pool.Sheet);
        long position = context.Store.Append(context.Position, context.ReceivedMs, context.ElapsedMs, context.PageBody.Written);
        _index.Set(new PageEntry(page.Index, position, page.LastWriteMs));
        CountClean(page);
    }

    private void CountClean(PageState page)
    {
        context.DirtyPageBytes -= page.IsDirty ? page.CountedBytes : 0;
        context.LateDirtyBytes -= page.IsLateDirty ? page.CountedBytes : 0;
        (page.IsDirty, page.IsLateDirty) = (false, false);
    }

    private void Evict(int at)
    {
        Append(_resident[at]);
        Drop(at);
    }

    private void Drop(int at)
    {
        PageState page = _resident[at];
        context.ResidentPageBytes -= page.CountedBytes;
        CountClean(page);
        _resident.RemoveAt(at);
        _last = _last == page ? null : _last;
        page.Release(context.Pool);
    }

    private void Recount(PageState page, bool isDirty)
    {
        long bytes = page.Bytes;
        context.ResidentPageBytes += bytes - page.CountedBytes;
        if (isDirty)
        {
            context.DirtyPageBytes += page.IsDirty ? bytes - page.CountedBytes : bytes;
            page.IsDirty = true;
            if (page.IsLateDirty || IsOver(page))
            {
                context.LateDirtyBytes += page.IsLateDirty ? bytes - page.CountedBytes : bytes;
                page.IsLateDirty = true;
            }
        }

        page.CountedBytes = bytes;
    }

    private PageState? FindResident(long index, out int at)
    {
        int low = 0, high = _resident.Count - 1;
        while (low <= high)
        {
            at = (low + high) >> 1;
            long found = _resident[at].Index;
            if (found == index)
            {
                return _resident[at];
            }

            (low, high) = found < index ? (at + 1, high) : (low, at - 1);
        }

        at = ~low;
        return null;
    }
}
