namespace TrafficCore.Traffic.Windows;

/// <summary>What a row of flow describes. The numbers order rows of one window.</summary>
public enum FlowLevel : byte
{
    /// <summary>One detector.</summary>
    Detector = 1,

    /// <summary>All counting detectors of one approach.</summary>
    Approach = 2,

    /// <summary>All approaches of one intersection.</summary>
    Intersection = 3,
}

/// <summary>What one row alone says about its detector; stored as its lower-case hyphenated name.</summary>
public enum RowHealth : byte
{
    /// <summary>Not applicable (approach and intersection rows).</summary>
    None = 0,

    /// <summary>Nothing speaks against it.</summary>
    Ok = 1,

    /// <summary>Nothing was received.</summary>
    Silent = 2,

    /// <summary>Occupied all the time and not one vehicle.</summary>
    StuckOn = 3,

    /// <summary>More vehicles than a lane can carry.</summary>
    Chatter = 4,

    /// <summary>Vehicles without occupancy, or speed without vehicles.</summary>
    Inconsistent = 5,
}

/// <summary>
/// One published row: identity, the exact integer accumulators, and the values derived from them.
/// </summary>
/// <remarks>
/// Everything a sink or the API needs is here; nothing is looked up again later, so a row means the same for ever. A value that
/// is not known is null, never 0 and never -1. Longer windows are summed from the accumulators, not from the derived values.
/// Immutable; shared freely between threads.
/// </remarks>
public sealed record FlowRow
{
    /// <summary>Intersection id.</summary>
    public required string Intersection { get; init; }

    /// <summary>Detector or approach id; the intersection's own id at level <see cref="FlowLevel.Intersection"/>.</summary>
    public required string Id { get; init; }

    /// <summary>What the row describes.</summary>
    public required FlowLevel Level { get; init; }

    /// <summary>Window start, Unix milliseconds UTC.</summary>
    public required long Start { get; init; }

    /// <summary>Window length in milliseconds.</summary>
    public required long Length { get; init; }

    /// <summary>1 when first published, +1 with each correction of this row.</summary>
    public required int Revision { get; init; }

    /// <summary>Readings (for event channels: vehicles' events) that count here.</summary>
    public int Readings { get; init; }

    /// <summary>Readings expected; null when an interval is unknown.</summary>
    public int? Expected { get; init; }

    /// <summary>Vehicles; null when nothing was observed.</summary>
    public long? Volume { get; init; }

    /// <summary>Observed time, summed over detectors, ms.</summary>
    public long ObservedMs { get; init; }

    /// <summary>Expected time, summed over expected detectors, ms; null when an interval is unknown.</summary>
    public long? ExpectedMs { get; init; }

    /// <summary>Sum of occupancy (0.001 percent) x ms.</summary>
    public long OccupancyWeighted { get; init; }

    /// <summary>Milliseconds for which occupancy is known; 0 means occupancy is unknown.</summary>
    public long OccupancyMs { get; init; }

    /// <summary>Sum of speed (0.01 km/h) x vehicles.</summary>
    public long SpeedWeighted { get; init; }

    /// <summary>Vehicles for which speed is known; 0 means speed is unknown.</summary>
    public long SpeedVehicles { get; init; }

    /// <summary>Sum over detectors of volume x 3600 / seconds observed, in 0.001 veh/h, each term rounded half up; null when unknown.</summary>
    public long? FlowRateMilli { get; init; }

    /// <summary>Vehicles by class, ordered by name; empty when none were sent.</summary>
    public IReadOnlyList<ClassVolume> Classes { get; init; } = [];

    /// <summary>Passenger-car units in 0.001 pcu; null when no classes were sent, or not for every vehicle.</summary>
    public long? PcuMilli { get; init; }

    /// <summary>
    /// Free-flow speed in 0.01 km/h that the speed was judged against; null when none is known, at the other levels, and in rows of an earlier
    /// release, which have the ratio alone.
    /// </summary>
    public int? FreeFlowSpeedCenti { get; init; }

    /// <summary>Speed as a share of free-flow speed in 0.001, an intersection's that of its deciding approach; null when unknown.</summary>
    public int? SpeedRatioMilli { get; init; }

    /// <summary>Level of service: 1 (A), the best, to 5 (E) or 6 (F), as many as the method has; null when it cannot be judged.</summary>
    public int? ServiceLevel { get; init; }

    /// <summary>How the level of service was judged, e.g. <c>gbt33171-speed-ratio</c>; null with <see cref="ServiceLevel"/>.</summary>
    public string? LevelMethod { get; init; }

    /// <summary>Detector rows only.</summary>
    public RowHealth Health { get; init; }

    /// <summary>Vehicles per hour; null when unknown.</summary>
    public double? FlowRate => FlowRateMilli / 1000.0;

    /// <summary>Percent 0..100; null when unknown.</summary>
    public double? Occupancy => OccupancyMs > 0 ? OccupancyWeighted / (double)OccupancyMs / 1000.0 : null;

    /// <summary>Volume-weighted speed, km/h; null when unknown.</summary>
    public double? Speed => SpeedVehicles > 0 ? SpeedWeighted / (double)SpeedVehicles / 100.0 : null;

    /// <summary>Passenger-car units; null when no classes were sent.</summary>
    public double? Pcu => PcuMilli / 1000.0;

    /// <summary>Observed share of the expected time, 0..1; null when an interval is unknown.</summary>
    public double? Coverage => ExpectedMs is > 0 ? Math.Min(1.0, ObservedMs / (double)ExpectedMs) : null;

    /// <summary>Share of free-flow speed; null when unknown.</summary>
    public double? SpeedRatio => SpeedRatioMilli / 1000.0;

    /// <summary>Level of service as a letter, A for 1; null when it cannot be judged.</summary>
    public string? LevelOfService => ServiceLevel is { } level ? "ABCDEF".Substring(level - 1, 1) : null;
}

/// <summary>Vehicles of one class.</summary>
/// <param name="Name">Class name as sent, e.g. <c>car</c>.</param>
/// <param name="Volume">Vehicles.</param>
public readonly record struct ClassVolume(string Name, long Volume);
