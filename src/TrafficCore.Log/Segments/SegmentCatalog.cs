using System.Diagnostics.CodeAnalysis;

namespace TrafficCore.Log;

/// <summary>The segments of a log in order, and how far they are durable.</summary>
/// <remarks>
/// Ownership: the list is replaced whole under a lock by the writer (add) and by retention (remove); any thread reads it
/// without one. A segment is added before the durable end moves into it, and readers take the durable end first: so
/// the list they see then knows every base below that end.
/// </remarks>
internal sealed class SegmentCatalog
{
    private readonly Lock _gate = new();
    private volatile Segment[] _segments;
    private long _durableEnd;

    public SegmentCatalog(IEnumerable<Segment> segments, long durableEnd)
    {
        _segments = [.. segments];
        _durableEnd = durableEnd;
    }

    public IReadOnlyList<Segment> Segments => _segments;

    public long Start
    {
        get
        {
            var segments = _segments;
            return segments.Length == 0 ? DurableEnd : segments[0].Base;
        }
    }

    public long DurableEnd
    {
        get => Volatile.Read(ref _durableEnd);
        set => Volatile.Write(ref _durableEnd, value);
    }

    public void Add(Segment segment)
    {
        lock (_gate)
        {
            _segments = [.. _segments, segment];
        }
    }

    public void Remove(Segment segment)
    {
        lock (_gate)
        {
            _segments = [.. _segments.Where(other => other != segment)];
        }
    }

    /// <summary>Puts the packed form of a segment in its place; nothing happens when it is gone.</summary>
    public void Replace(Segment segment, Segment packed)
    {
        lock (_gate)
        {
            _segments = [.. _segments.Select(other => other == segment ? packed : other)];
        }
    }

    /// <summary>
    /// The segments that are written no more, with the position at which each ends. What was taken from a file's end is not
    /// there to be counted.
    /// </summary>
    public IEnumerable<(Segment Segment, long End)> Finished
    {
        get
        {
            var segments = _segments;
            for (var i = 0; i + 1 < segments.Length; i++)
            {
                yield return (segments[i], Math.Min(segments[i + 1].Base, segments[i].Base + segments[i].Capacity));
            }
        }
    }

    /// <summary>Bytes that all files take.</summary>
    public long StoredBytes => _segments.Sum(static segment => segment.StoredBytes);

    /// <summary>
    /// Base of the oldest segment that still belongs to the newest so many bytes of files: what lies below has to go to keep to
    /// them. The newest segment stays whatever it takes.
    /// </summary>
    public long StartOfNewest(long bytes)
    {
        var segments = _segments;
        var index = segments.Length - 1;
        for (var left = bytes - (index < 0 ? 0 : segments[index].StoredBytes); index > 0 && left >= segments[index - 1].StoredBytes; index--)
        {
            left -= segments[index - 1].StoredBytes;
        }

        return index < 0 ? 0 : segments[index].Base;
    }

    /// <summary>
    /// The segment that holds a position, and where its validity ends. With equal bases the last wins: the others were
    /// abandoned before anything in them was acknowledged.
    /// </summary>
    public bool TryFind(long position, long durableEnd, [NotNullWhen(true)] out Segment? segment, out long end)
    {
        var segments = _segments;
        var low = 0;
        var high = segments.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (segments[middle].Base <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        segment = low == 0 ? null : segments[low - 1];
        end = low < segments.Length ? Math.Min(segments[low].Base, durableEnd) : durableEnd;
        return segment is not null;
    }
}
