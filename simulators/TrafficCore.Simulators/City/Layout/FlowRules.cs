using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Roads;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Simulators.City.Layout;

/// <summary>How much traffic there is: loads of phases before splits are known, and flows that fit the capacities afterwards.</summary>
internal sealed class FlowRules
{
    /// <summary>Degree of saturation to which the usual demand loads an approach at the day's peak, per mille.</summary>
    private const int PeakSaturation = 950;

    private readonly CityOptions _options;

    public FlowRules(CityOptions options) => _options = options;

    /// <summary>
    /// Load of each phase: the largest of its lanes' flows, when each approach has as much traffic as it has lanes. In ten-thousandths
    /// of a lane's share.
    /// </summary>
    public static Dictionary<int, int> Loads(IReadOnlyList<MapApproach> approaches)
    {
        var loads = new Dictionary<int, int>();
        foreach (var approach in approaches)
        {
            foreach (var group in LaneGroups(approach).Where(static g => g.Phase > 0))
            {
                var load = approach.Lanes.Count * 10 * group.Share / group.Lanes;
                loads[group.Phase] = Math.Max(loads.GetValueOrDefault(group.Phase), load);
            }
        }

        return loads;
    }

    /// <summary>Sets what begins its trip on each approach.</summary>
    public void Set(IReadOnlyList<MapIntersection> intersections)
    {
        foreach (var intersection in intersections)
        {
            foreach (var approach in intersection.Approaches)
            {
                // Some approaches are busier than others; the busiest are beyond capacity in the rush.
                var random = CityRandom.For(_options.Seed, RandomUse.Flows, approach.Index + (1 << 24));
                var peak = (long)Capacity(approach, intersection.Signal) * PeakSaturation * _options.DemandMilli / 1_000_000 * random.Between(700, 1150) / 1000;
                approach.PeakEntries = (int)(approach.IsEdge ? peak : peak * ApproachState.TripEnds / 1_000_000);
            }
        }
    }

    /// <summary>Vehicles an hour that an approach can let out: as many as its tightest lanes allow.</summary>
    private int Capacity(MapApproach approach, SignalPlan? plan) => LaneGroups(approach).Min(group =>
    {
        var saturation = 3_600_000L * 1000 * group.Lanes / ((long)approach.CarHeadway * _options.Classes.HeadwayMilli);
        var phase = group.Phase > 0 && plan is not null ? plan.Phases[plan.IndexOf(group.Phase)] : null;
        var flow = phase is null ? saturation / 2 : saturation * phase.Green / plan!.Cycle;
        return (int)(flow * 1000 / Math.Max(1, group.Share));
    });

    /// <summary>Lanes of one phase together with the share of the approach's vehicles that they carry, per mille.</summary>
    private static IEnumerable<(int Phase, int Lanes, int Share)> LaneGroups(MapApproach approach) =>
        from lane in approach.Lanes
        group lane by lane.Phase into lanes
        let movements = lanes.Aggregate(Movements.None, static (all, l) => all | l.Movements)
        select (lanes.Key, lanes.Count(), approach.Exits.Where(e => movements.HasFlag(e.Movement)).Sum(static e => e.Share));
}
