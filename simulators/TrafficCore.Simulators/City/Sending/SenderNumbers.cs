using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Layout;

namespace TrafficCore.Simulators.City.Sending;

/// <summary>Numbers everything that sends: detectors as on the map, then controllers, then the cabinets that send for all detectors of an intersection.</summary>
/// <param name="Detectors">Detectors of the city.</param>
/// <param name="Intersections">Intersections of the city.</param>
internal readonly record struct SenderNumbers(int Detectors, int Intersections)
{
    /// <summary>The numbers of a city.</summary>
    public static SenderNumbers Of(CityMap map) => new(map.Detectors.Count, map.Intersections.Count);

    /// <summary>All senders.</summary>
    public int Count => Detectors + (2 * Intersections);

    /// <summary>Number of an intersection's controller.</summary>
    public int Controller(int intersection) => Detectors + intersection;

    /// <summary>Number of an intersection's cabinet.</summary>
    public int Cabinet(int intersection) => Detectors + Intersections + intersection;

    /// <summary>When in each period a sender sends, ms: spread over the period by seed, or at its begin.</summary>
    public static int Moment(int seed, int sender, long period, bool isSpread) =>
        isSpread ? First(CityRandom.For(seed, RandomUse.Sending, sender), (int)period) : 0;

    private static int First(CityRandom random, int period) => random.Below(period);
}
