using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Roads;

namespace TrafficCore.Simulators.City.Truth;

/// <summary>
/// What a vehicle needs from stop bar to stop bar when traffic is free, red lights included: measured, as GB/T 33171 does, and not the design speed. The same city lives through a
/// quiet hour before the run.
/// </summary>
internal static class FreeFlowTimes
{
    /// <summary>Demand of a late evening, when the standard's fastest quarter-hours are.</summary>
    private const int QuietMilli = 200;

    private const int FillSeconds = 600;

    /// <summary>Enough for some vehicles of a left-turn lane.</summary>
    private const int Seconds = 3600;

    /// <summary>Mean of each lane group, ms, in the order of <see cref="LaneGroup.Of"/>; not less than at the design speed, and that where nobody came.</summary>
    /// <param name="map">The city.</param>
    /// <param name="options">How its traffic behaves.</param>
    /// <param name="parts">Threads.</param>
    public static long[] Measure(CityMap map, CityOptions options, int parts)
    {
        var quiet = options with { DemandMilli = QuietMilli, Day = new DayProfile(DayShape.Day, 0, DayShape.Steady) };
        var same = MapBuilder.Build(map.Network, quiet);
        var traffic = new CityTraffic(same, quiet, [.. same.Detectors.Select(static d => new DetectorState(d, null, null, keepsTruth: false))]);
        var groups = LaneGroup.Of(traffic);
        Step(traffic, FillSeconds, parts);
        var before = Array.ConvertAll(groups, static g => g.Travelled);
        Step(traffic, Seconds, parts);
        return [.. groups.Zip(before, static (group, before) =>
        {
            var (vehicles, milliseconds) = group.Travelled - before;
            var atDesignSpeed = group.Approach.Map.Length * 1000L / group.Approach.Map.FreeSpeed;
            return vehicles == 0 ? atDesignSpeed : Math.Max(atDesignSpeed, milliseconds / vehicles);
        })];
    }

    private static void Step(CityTraffic traffic, int seconds, int parts)
    {
        for (var i = 0; i < seconds; i++)
        {
            traffic.Step(parts);
        }
    }
}
