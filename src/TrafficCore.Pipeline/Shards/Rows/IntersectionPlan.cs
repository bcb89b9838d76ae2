namespace TrafficCore.Pipeline.Shards;

/// <summary>What one version of the network means for one intersection: whose rows there are, and what adds up to what.</summary>
/// <remarks>Immutable; made again when a device is added.</remarks>
internal sealed class IntersectionPlan
{
    /// <summary>Approach of an intersection that no network names.</summary>
    public const string LearntApproach = "all";

    /// <summary>Whether the network names the intersection.</summary>
    public required bool IsNamed { get; init; }

    /// <summary>Receive time of the version; empty rows begin with the windows that begin after it.</summary>
    public required long SinceMs { get; init; }

    /// <summary>Every detector that can have rows, in order of id (ordinal).</summary>
    public required PlanDetector[] Detectors { get; init; }

    /// <summary>In order of id (ordinal).</summary>
    public required PlanApproach[] Approaches { get; init; }

    /// <summary>Indexes of all detectors that count, each once.</summary>
    public required int[] Counting { get; init; }

    /// <summary>Controllers whose events count, as indexes of devices.</summary>
    public required int[] Controllers { get; init; }
}

/// <summary>One detector in a plan.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Device">Index of the device in the intersection.</param>
/// <param name="IsNamed">Named by the network.</param>
/// <param name="Interval">Configured interval in ms; 0 without.</param>
/// <param name="Channel">Controller channel; -1 without.</param>
/// <param name="IsAtStopBar">It lies at a stop bar, or nobody said where.</param>
internal sealed record PlanDetector(string Id, int Device, bool IsNamed, uint Interval, int Channel, bool IsAtStopBar);

/// <summary>One approach in a plan.</summary>
/// <param name="Id">Its id.</param>
/// <param name="FreeFlowCenti">Free-flow speed in 0.01 km/h; null when unknown.</param>
/// <param name="IsJudgedByOccupancy">Whether its occupancy says how traffic moves, where no speed does.</param>
/// <param name="Members">Indexes of its counting detectors.</param>
internal sealed record PlanApproach(string Id, int? FreeFlowCenti, bool IsJudgedByOccupancy, int[] Members);
