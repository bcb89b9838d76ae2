using TrafficCore.Traffic.Service;

namespace TrafficCore.Pipeline.City;

/// <summary>One window of the whole city while it can still be corrected: what each segment says, and what was published. Owned by the index's loop.</summary>
internal sealed class CityWindow(long start, long length, long seenAt)
{
    // Grown ahead of need: only the first of these belong to segments.
    private SegmentFlow[] _flows = [];
    private int _segments;

    public long Start => start;

    public long Length => length;

    /// <summary>When its first row was read; a timestamp of the clock.</summary>
    public long SeenAt => seenAt;

    /// <summary>What each segment says, by number; those behind the end say nothing.</summary>
    public ReadOnlySpan<SegmentFlow> Flows => _flows.AsSpan(0, _segments);

    /// <summary>Intersections that have published it; null once nothing is waited for any more.</summary>
    public HashSet<int>? Reported { get; private set; } = [];

    /// <summary>Its row as it stands in the output; null before the first.</summary>
    public CityIndexRow? Published { get; private set; }

    /// <summary>Whether a new row may have to be published.</summary>
    public bool IsDirty { get; set; } = true;

    public void Put(int segment, in SegmentFlow flow)
    {
        if (segment >= _segments)
        {
            if (!flow.IsKnown)
            {
                return;
            }

            _segments = segment + 1;
            if (_segments > _flows.Length)
            {
                Array.Resize(ref _flows, Math.Max(_segments, _flows.Length * 3 / 2));
            }
        }

        IsDirty |= _flows[segment] != flow;
        _flows[segment] = flow;
    }

    /// <summary>Nothing is waited for any more: what comes now is a correction.</summary>
    public void StopWaiting() => Reported = null;

    /// <summary>Nothing is summed again: lets go of what the segments say, which is nearly all of its memory.</summary>
    public void Close() => (_flows, _segments, Reported) = ([], 0, null);

    /// <summary>Notes a row that was found in the output.</summary>
    public void Confirm(CityIndexRow row)
    {
        Reported = null;
        Published = row.Revision >= (Published?.Revision ?? 0) ? row : Published;
    }
}
