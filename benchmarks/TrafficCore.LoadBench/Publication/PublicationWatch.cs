using System.Collections.Concurrent;

namespace TrafficCore.LoadBench.Publication;

/// <summary>What a client of the live feed saw, and when.</summary>
/// <remarks>Ownership: <see cref="Take"/> belongs to who reads the feed; probes are expected by another thread; the rest is read when both have ended.</remarks>
internal sealed class PublicationWatch
{
    private readonly ConcurrentDictionary<(DateTimeOffset Start, long Readings), DateTimeOffset> _expected = new();
    private readonly Dictionary<(string Intersection, DateTimeOffset Start), DateTimeOffset> _published = [];
    private readonly List<double> _changes = [];

    /// <summary>Milliseconds from each probe that was sent until the open window showed it.</summary>
    public IReadOnlyList<double> Changes => _changes;

    /// <summary>Probes that the feed has not shown.</summary>
    public int Unseen => _expected.Count;

    /// <summary>A probe is on its way: when so many of that window show, it is there.</summary>
    public void Expect(DateTimeOffset window, long readings, DateTimeOffset sent) => _expected[(window, readings)] = sent;

    /// <summary>An event.</summary>
    /// <param name="seen">The window as it was shown.</param>
    /// <param name="at">When it had arrived here.</param>
    public void Take(FeedWindow seen, DateTimeOffset at)
    {
        if (seen.Intersection == PublicationBench.ProbeIntersection)
        {
            TakeProbe(seen, at);
        }
        else if (seen is { IsOpen: false, Revision: 1 })
        {
            _published.TryAdd((seen.Intersection, seen.Start), at);
        }
    }

    /// <summary>Milliseconds from the end of each window to its first publication, of the windows that ended while the load went on.</summary>
    /// <param name="prefix">First part of the names of the intersections that sent.</param>
    /// <param name="from">Begin of the load.</param>
    /// <param name="to">Its end.</param>
    /// <param name="length">Length of a window.</param>
    public IReadOnlyList<double> Delays(string prefix, DateTimeOffset from, DateTimeOffset to, TimeSpan length) =>
    [
        .. _published.Where(p => p.Key.Intersection.StartsWith(prefix, StringComparison.Ordinal) && p.Key.Start + length > from && p.Key.Start + length <= to)
            .Select(p => (p.Value - p.Key.Start - length).TotalMilliseconds),
    ];

    private void TakeProbe(FeedWindow seen, DateTimeOffset at)
    {
        // Whatever shows more has shown less: a window may be published before the next look at the open one.
        foreach (var (probe, sent) in _expected)
        {
            if (probe.Start == seen.Start && probe.Readings <= seen.Readings && _expected.TryRemove(probe, out _))
            {
                _changes.Add((at - sent).TotalMilliseconds);
            }
        }
    }
}
