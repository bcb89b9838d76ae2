namespace TrafficCore.Traffic.Network;

/// <summary>
/// Which detectors make an approach's volume: those that count; where none does, the advance detectors; else all. Of
/// several in one lane the first in the file is taken, so that no lane is counted twice; a detector without a lane stands
/// for lanes of its own.
/// </summary>
public static class ApproachVolumeRule
{
    /// <summary>Selects from the detectors of one approach, keeping their order.</summary>
    public static IReadOnlyList<Detector> Select(IReadOnlyList<Detector> detectors)
    {
        ArgumentNullException.ThrowIfNull(detectors);
        Detector[] group = OfFunction(detectors, DetectorFunctions.Count);
        if (group.Length == 0)
        {
            group = OfFunction(detectors, DetectorFunctions.Advance);
        }

        IReadOnlyList<Detector> candidates = group.Length == 0 ? detectors : group;
        var lanes = new HashSet<int>();
        return [.. candidates.Where(d => d.Lane is not { } lane || lanes.Add(lane))];
    }

    private static Detector[] OfFunction(IReadOnlyList<Detector> detectors, DetectorFunctions function) =>
        [.. detectors.Where(d => (d.Functions & function) != 0)];
}
