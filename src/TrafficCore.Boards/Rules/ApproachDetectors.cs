using TrafficCore.Traffic.Detectors;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Boards.Rules;

/// <summary>The detectors whose rows have a part in an approach's row, and where they lie. Immutable.</summary>
internal sealed class ApproachDetectors
{
    private readonly Dictionary<string, Detector>? byId;

    /// <param name="counting">The approach's counting detectors.</param>
    public ApproachDetectors(IEnumerable<Detector> counting) => byId = counting.ToDictionary(d => d.Id, StringComparer.Ordinal);

    private ApproachDetectors()
    {
    }

    /// <summary>Of an approach that the network does not know: every detector of its intersection.</summary>
    public static ApproachDetectors Unknown { get; } = new();

    /// <summary>Whether a detector's row has a part in the approach's.</summary>
    public bool Contains(string id) => byId?.ContainsKey(id) ?? true;

    /// <summary>The phase that serves its lanes; null when unknown: lanes of one phase queue together, those of another one do not.</summary>
    public int? PhaseOf(string id) => byId?.GetValueOrDefault(id)?.Phase;

    /// <summary>Whether standing on it may only mean that the signal is red.</summary>
    public bool IsAtStopBar(string id) => byId?.GetValueOrDefault(id)?.IsAtStopBar ?? false;

    /// <summary>Whether it cannot be believed: its row says so, or it has stood for longer than any queue does.</summary>
    public bool IsBroken(DetectorSample sample) =>
        sample.IsBroken || (sample.OccupancyMs > 0 && sample.StandingMs >= StuckOnRule.LimitMs(IsAtStopBar(sample.Id)));
}
