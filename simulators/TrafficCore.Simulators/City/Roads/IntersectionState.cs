using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Simulators.City.Roads;

/// <summary>One intersection with its signal and the roads that lead to it.</summary>
/// <remarks>Ownership: in a step one thread has it; different intersections may be stepped at the same time.</remarks>
internal sealed class IntersectionState
{
    private readonly SignalState? _signal;

    public IntersectionState(CityMap city, MapIntersection map, CityOptions options, LinkState[] links, IReadOnlyList<DetectorState> detectors, ControllerLog? log)
    {
        Map = map;
        _signal = map.Signal is { } plan ? new SignalState(plan, log) : null;
        Approaches = [.. map.Approaches.Select(a => new ApproachState(a, options, links, Lanes(a, detectors)))];
        Recall();
    }

    public MapIntersection Map { get; }

    public ApproachState[] Approaches { get; }

    /// <summary>Goes through one step: lamps first, then entries, stop bars and loops.</summary>
    public void Step(in ModelStep step)
    {
        _signal?.Step(step.From, step.Until);
        foreach (var approach in Approaches)
        {
            approach.Admit(step);
        }

        foreach (var approach in Approaches)
        {
            approach.Discharge(step);
        }

        foreach (var approach in Approaches)
        {
            approach.Observe(step);
        }
    }

    private IEnumerable<LaneState> Lanes(MapApproach approach, IReadOnlyList<DetectorState> detectors)
    {
        var discharge = new Discharge(approach);
        return approach.Lanes.Select(lane => new LaneState(approach, lane, discharge, _signal, PhaseOf(lane), d => detectors[d]));
    }

    private PhaseState? PhaseOf(MapLane lane) => _signal is not null && lane.Phase > 0 ? _signal.Phases.First(p => p.Plan.Number == lane.Phase) : null;

    /// <summary>A phase of which a lane has no loop could wait for ever, unseen: it is served in every round.</summary>
    private void Recall()
    {
        foreach (var lane in Approaches.SelectMany(static a => a.Lanes).Where(static l => l.Map.Loops.Count == 0))
        {
            if (PhaseOf(lane.Map) is { } phase)
            {
                phase.IsRecalled = true;
            }
        }
    }
}
