namespace TrafficCore.Traffic.Service;

/// <summary>How levels of service are judged: by speed where it is known, else by occupancy, else not at all. Immutable.</summary>
/// <param name="Speed">The scale for speed ratios.</param>
/// <param name="Occupancy">The scale for occupancies; null: what has no speed is not judged.</param>
/// <remarks>A level says how traffic moves where it is measured. It is no signal delay; see the method stored beside it.</remarks>
public sealed record ServiceRules(SpeedRatioScale Speed, OccupancyScale? Occupancy)
{
    /// <summary>What the default options say.</summary>
    public static ServiceRules Default { get; } = new ServiceOptions().ToRules();
}
