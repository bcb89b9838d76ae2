using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Layout;

/// <summary>Where a city has its middle and its corner, for tides and green waves. Immutable.</summary>
/// <param name="Longitude">Of the middle.</param>
/// <param name="Latitude">Of the middle.</param>
/// <param name="West">Westernmost longitude.</param>
/// <param name="North">Northernmost latitude.</param>
internal sealed record Centre(double Longitude, double Latitude, double West, double North)
{
    private const double MetresPerDegree = 111_320;

    /// <summary>The middle of all intersections that have a position.</summary>
    public static Centre Of(RoadNetwork network)
    {
        var placed = network.Intersections.Where(static i => i is { Lon: not null, Lat: not null }).ToArray();
        return placed.Length == 0
            ? new Centre(0, 0, 0, 0)
            : new Centre(placed.Average(static i => i.Lon!.Value), placed.Average(static i => i.Lat!.Value), placed.Min(static i => i.Lon!.Value), placed.Max(static i => i.Lat!.Value));
    }

    /// <summary>1 when an approach is driven towards the middle, -1 away from it, 0 across or unknown.</summary>
    public int Direction(Intersection site, Approach approach)
    {
        if (site is not { Lon: { } lon, Lat: { } lat } || approach.Bearing is not { } bearing)
        {
            return 0;
        }

        var (east, north) = (Longitude - lon, Latitude - lat);
        var (x, y) = (Rounded(Math.Sin(bearing * Math.PI / 180)), Rounded(Math.Cos(bearing * Math.PI / 180)));
        var along = (east * x) + (north * y);

        // Within 60 degrees of the direction to the middle; half is the cosine of that.
        var distance = Math.Sqrt((east * east) + (north * north));
        return distance < 1e-9 || Math.Abs(along) < 0.5 * distance ? 0 : Math.Sign(along);
    }

    /// <summary>Metres along streets from the north-western corner; null without a position.</summary>
    public double? StreetMetres(Intersection site) => site is { Lon: { } lon, Lat: { } lat }
        ? ((lon - West) * MetresPerDegree * Rounded(Math.Cos(North * Math.PI / 180))) + ((North - lat) * MetresPerDegree)
        : null;

    /// <summary>The last digits of sines and cosines differ between machines.</summary>
    private static double Rounded(double value) => Math.Round(value, 6);
}
