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
