using TrafficCore.Traffic.Network;

namespace TrafficCore.Pipeline.City;

/// <summary>What one version of the network means for the index: how long the segments are, and which intersections are waited for. Owned by the index's loop.</summary>
internal sealed class CityNetwork
{
    private readonly Dictionary<ApproachReference, int> _lengths = [];
    private readonly Dictionary<long, string[]> _expected = [];
    private readonly RoadNetwork _network;
    private readonly int _defaultLength;

    public CityNetwork(NetworkVersion version, double defaultLength)
    {
        (Version, _network, _defaultLength) = (version.Version, version.Network, Decimetres(defaultLength));
        foreach (RoadLink link in _network.Links)
        {
            // Of several links that end at one approach the first in the file counts, as of several detectors in a lane.
            if (link is { Approach: { } approach, Length: > 0 and { } length })
            {
                _lengths.TryAdd(approach, Decimetres(length));
            }
        }

        TotalLength = _network.Intersections.Sum(site => site.Approaches.Sum(approach => (long)LengthOf(new ApproachReference(site.Id, approach.Id))));
    }

    public uint Version { get; }

    public string City => _network.City;

    /// <summary>Of all approaches, decimetres.</summary>
    public long TotalLength { get; }

    /// <summary>Length of the segment that ends at an approach, decimetres.</summary>
    public int LengthOf(ApproachReference approach) => _lengths.GetValueOrDefault(approach, _defaultLength);

    /// <summary>Intersections that are to publish windows of a length with a speed that can be judged.</summary>
    public string[] Expected(long windowMs)
    {
        if (!_expected.TryGetValue(windowMs, out string[]? ids))
        {
            ids =
            [
                .. _network.Intersections
                    .Where(site => site.Approaches.Any(a => a.FreeFlowSpeedCenti is not null && a.CountingDetectors.Any(d => (d.IntervalMs ?? 0) <= windowMs)))
                    .Select(site => site.Id),
            ];
            _expected.Add(windowMs, ids);
        }

        return ids;
    }

    private static int Decimetres(double metres) => Math.Max(1, (int)Math.Round(metres * 10, MidpointRounding.AwayFromZero));
}
