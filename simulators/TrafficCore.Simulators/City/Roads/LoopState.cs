using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Layout;

namespace TrafficCore.Simulators.City.Roads;

/// <summary>One loop in one lane: which vehicle is over it and which comes next.</summary>
/// <remarks>Ownership: its lane.</remarks>
internal struct LoopState
{
    public LoopState(MapLoop map, DetectorState detector) => (Map, Detector) = (map, detector);

    public readonly MapLoop Map;

    public readonly DetectorState Detector;

    /// <summary>Number of the next vehicle to come.</summary>
    public int Next;

    /// <summary>A vehicle ahead that may still have to leave before the next one gets here; only grows.</summary>
    public int Leader;

    /// <summary>Whether a vehicle is over it: the one before <see cref="Next"/>.</summary>
    public bool IsOn;

    /// <summary>When the last front passed the upstream edge.</summary>
    public long LastOn;

    /// <summary>Earliest moment at which the vehicle over it is gone, if nobody holds it up.</summary>
    public long ClearAt;

    /// <summary>Its speed, cm/s.</summary>
    public int Speed;
}
