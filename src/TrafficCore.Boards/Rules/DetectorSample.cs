using System.Text.Json.Serialization;
using TrafficCore.Traffic.Detectors;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Boards.Rules;

/// <summary>One counting detector in one window of its approach: what rules read of its row. Immutable.</summary>
/// <param name="Id">Detector id.</param>
public sealed record DetectorSample(string Id)
{
    /// <summary>Sum of occupancy (0.001 percent) x ms.</summary>
    public long OccupancyWeighted { get; init; }

    /// <summary>Milliseconds for which occupancy is known; 0 means that it is unknown.</summary>
    public long OccupancyMs { get; init; }

    /// <summary>For how long, up to the end of the window, it was occupied all the time and counted nobody, ms; 0 when it was not.</summary>
    /// <remarks>Windows in which nothing is known of it do not end that time and do not add to it.</remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StandingMs { get; init; }

    /// <summary>Its row says that it is broken (stuck, chattering, contradicting itself).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsBroken { get; init; }

    /// <summary>What a row says; for how long it has been standing before is not known from it.</summary>
    internal static DetectorSample Of(FlowRow row) => new(row.Id)
    {
        OccupancyWeighted = row.OccupancyWeighted,
        OccupancyMs = row.OccupancyMs,
        StandingMs = StuckOnRule.IsStanding(row.Volume, row.OccupancyWeighted, row.OccupancyMs) ? row.Length : 0,
        IsBroken = row.Health is RowHealth.StuckOn or RowHealth.Chatter or RowHealth.Inconsistent,
    };
}
