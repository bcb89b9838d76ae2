using TrafficCore.Simulators.City.Signals;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Layout;

/// <summary>
/// A road network as the traffic model needs it: lanes, loops, turns, signal plans and flows, derived from the network file and a
/// seed by <see cref="MapBuilder"/>. Immutable. Lengths are centimetres, times milliseconds, speeds cm/s.
/// </summary>
internal sealed class CityMap
{
    public required RoadNetwork Network { get; init; }

    public required IReadOnlyList<MapIntersection> Intersections { get; init; }

    /// <summary>All approaches, those of an intersection side by side.</summary>
    public required IReadOnlyList<MapApproach> Approaches { get; init; }

    /// <summary>All detectors, those of an intersection side by side and in the order of the file.</summary>
    public required IReadOnlyList<MapDetector> Detectors { get; init; }

    /// <summary>All roads between intersections that lead to an approach.</summary>
    public required IReadOnlyList<MapLink> Links { get; init; }
}

/// <summary>An intersection. Immutable.</summary>
internal sealed class MapIntersection
{
    public required int Index { get; init; }

    public required Intersection Site { get; init; }

    public required IReadOnlyList<MapApproach> Approaches { get; init; }

    public required IReadOnlyList<MapDetector> Detectors { get; init; }

    /// <summary>Null without a signal: then everybody goes as soon as the vehicle ahead is gone.</summary>
    public SignalPlan? Signal { get; init; }

    public override string ToString() => Site.Id;
}

/// <summary>One approach with the road that leads to it, from the stop bar upstream to the stop bar here. Immutable.</summary>
internal sealed class MapApproach
{
    public required int Index { get; init; }

    public required int Intersection { get; init; }

    public required Approach Site { get; init; }

    public required int Length { get; init; }

    public required int FreeSpeed { get; init; }

    /// <summary>Discharge headway of passenger cars in a lane: 3,600 s over the saturation flow.</summary>
    public required int CarHeadway { get; init; }

    public required IReadOnlyList<MapLane> Lanes { get; init; }

    /// <summary>Where vehicles go from here; shares add up to 1,000.</summary>
    public required IReadOnlyList<MapExit> Exits { get; init; }

    /// <summary>Roads that bring vehicles from other intersections; none where the city begins.</summary>
    public IReadOnlyList<MapLink> Incoming { get; internal set; } = [];

    /// <summary>Vehicles that begin their trip here in the peak hour, veh/h.</summary>
    public int PeakEntries { get; internal set; }

    /// <summary>1: into the centre, -1: out of it, 0: neither.</summary>
    public int Inbound { get; init; }

    /// <summary>Whether all entering traffic comes from outside the city.</summary>
    public bool IsEdge => Incoming.Count == 0;
}

/// <summary>One lane. Immutable.</summary>
/// <param name="Number">From 1, as the file counts.</param>
/// <param name="Phase">Phase that serves it; 0: no signal.</param>
/// <param name="Movements">Turns that are made from it.</param>
/// <param name="Loops">Its loops, the one that is farthest upstream first.</param>
internal sealed record MapLane(int Number, int Phase, Movements Movements, IReadOnlyList<MapLoop> Loops);

/// <summary>A loop in one lane: it feels a vehicle from when the front passes <see cref="OnAt"/> to when the rear has passed <see cref="OffAt"/>.</summary>
/// <param name="Detector">Index of the detector that it belongs to.</param>
/// <param name="OnAt">Upstream edge, centimetres from the stop bar.</param>
/// <param name="OffAt">Downstream edge, centimetres from the stop bar.</param>
internal sealed record MapLoop(int Detector, int OnAt, int OffAt)
{
    /// <summary>Length of a loop: 1.8 to 2 m in the direction of travel is usual.</summary>
    public const int Length = 200;
}

/// <summary>A detector: a loop in one lane, or one in each lane of its approach when the file gives no lane. Immutable.</summary>
internal sealed class MapDetector
{
    public required int Index { get; init; }

    public required int Intersection { get; init; }

    public required int Approach { get; init; }

    public required Detector Site { get; init; }

    public required int IntervalMs { get; init; }

    public required int Loops { get; init; }

    /// <summary>Channel of the controller; 0: none.</summary>
    public int Channel => Site.Channel ?? 0;
}

/// <summary>A road from one intersection to an approach of another. Immutable.</summary>
/// <param name="Index">Index among all links.</param>
/// <param name="From">Intersection where it begins.</param>
/// <param name="To">Approach where it ends.</param>
internal sealed record MapLink(int Index, int From, int To);

/// <summary>A turn that vehicles of an approach make.</summary>
/// <param name="Movement">Which turn.</param>
/// <param name="Link">The road it leads into; null: out of the city.</param>
/// <param name="Share">Of the approach's vehicles, per mille.</param>
internal sealed record MapExit(Movements Movement, MapLink? Link, int Share);

/// <summary>Turns at an intersection.</summary>
[Flags]
internal enum Movements : byte
{
    None = 0,
    Left = 1,
    Through = 2,
    Right = 4,
    All = Left | Through | Right,
}
