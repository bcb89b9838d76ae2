namespace TrafficCore.Simulators.City.Roads;

/// <summary>Lanes of an approach that one phase serves: they queue together, and those of another phase do not (HCM's lane group).</summary>
internal sealed class LaneGroup
{
    private readonly LaneState[] _lanes;

    private LaneGroup(ApproachState approach, LaneState[] lanes) => (Approach, _lanes) = (approach, lanes);

    public ApproachState Approach { get; }

    /// <summary>What those needed that have passed the stop bar.</summary>
    public TravelTimes Travelled => _lanes.Aggregate(default(TravelTimes), static (sum, lane) => sum + lane.Travelled);

    /// <summary>When the first that has not passed it came onto the road; null when there is none.</summary>
    public long? FirstEntered => _lanes.Min(static lane => lane.FirstEntered);

    /// <summary>The groups of all approaches of a city, in their order.</summary>
    public static LaneGroup[] Of(CityTraffic traffic) =>
        [.. traffic.Approaches.SelectMany(static a => a.Lanes.GroupBy(static l => l.Map.Phase).Select(lanes => new LaneGroup(a, [.. lanes])))];
}
