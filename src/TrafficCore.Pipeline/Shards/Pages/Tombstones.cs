using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Which pages were deleted: a reading for one of them is late, never the start of a new row.</summary>
internal sealed class Tombstones
{
    /// <summary>The contract's 400 d: a month longer than the longest-kept rows.</summary>
    private const long KeepMs = 400L * 86_400_000;

    /// <summary>Neighbours deleted in the same 30 days share a range, so 400 d of hours are a dozen ranges; each then stays up to 30 d longer.</summary>
    private const long MergeMs = 30L * 86_400_000;

    private readonly List<Range> _ranges = [];

    private record struct Range(long From, long To, long DeletedMs);

    /// <summary>When the first of them may be forgotten.</summary>
    public long NextExpiryMs => _ranges.Count == 0 ? long.MaxValue : _ranges.Min(r => r.DeletedMs) + KeepMs;

    public bool Contains(long page)
    {
        int at = FirstFrom(page);
        return at < _ranges.Count && _ranges[at].From <= page;
    }

    public void Add(long page, long nowMs)
    {
        int at = FirstFrom(page);
        if (at > 0 && Joins(_ranges[at - 1], _ranges[at - 1].To + 1, page, nowMs))
        {
            _ranges[at - 1] = _ranges[at - 1] with { To = page, DeletedMs = nowMs };
        }
        else if (at < _ranges.Count && Joins(_ranges[at], _ranges[at].From - 1, page, nowMs))
        {
            _ranges[at] = _ranges[at] with { From = page, DeletedMs = nowMs };
        }
        else
        {
            _ranges.Insert(at, new Range(page, page, nowMs));
        }
    }

    public void Expire(long nowMs) => _ranges.RemoveAll(r => r.DeletedMs + KeepMs < nowMs);

    public void Write(BodyWriter writer)
    {
        writer.Count(_ranges.Count);
        foreach (Range range in _ranges)
        {
            writer.Signed(range.From);
            writer.Signed(range.To);
            writer.Signed(range.DeletedMs);
        }
    }

    public void Read(ref BodyReader reader)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            _ranges.Add(new Range(reader.Signed(), reader.Signed(), reader.Signed()));
        }
    }

    private static bool Joins(Range range, long neighbour, long page, long nowMs) =>
        neighbour == page && range.DeletedMs / MergeMs == nowMs / MergeMs && range.DeletedMs <= nowMs;

    /// <summary>The first range that does not end before the page.</summary>
    private int FirstFrom(long page)
    {
        int at = 0;
        while (at < _ranges.Count && _ranges[at].To < page)
        {
            at++;
        }

        return at;
    }
}
