using TrafficCore.Traffic.Network;

namespace TrafficCore.Pipeline.City;

/// <summary>Numbers of the segments, named by the approach where they end, and of intersections, from 0 in the order in which they came. Owned by the index's loop.</summary>
internal sealed class SegmentTable
{
    private readonly Dictionary<ApproachReference, int> _segments = [];
    private readonly List<ApproachReference> _approaches = [];
    private readonly Dictionary<string, int> _intersections = new(StringComparer.Ordinal);
    private readonly List<string> _ids = [];

    public ApproachReference this[int segment] => _approaches[segment];

    public string Intersection(int number) => _ids[number];

    /// <summary>The number of a segment, which it gets now if it has none.</summary>
    public int NumberOf(string intersection, string approach)
    {
        var reference = new ApproachReference(intersection, approach);
        if (!_segments.TryGetValue(reference, out int number))
        {
            number = _approaches.Count;
            _segments.Add(reference, number);
            _approaches.Add(reference);
        }

        return number;
    }

    /// <summary>The number of an intersection, which it gets now if it has none.</summary>
    public int NumberOf(string intersection)
    {
        if (!_intersections.TryGetValue(intersection, out int number))
        {
            number = _ids.Count;
            _intersections.Add(intersection, number);
            _ids.Add(intersection);
        }

        return number;
    }
}
