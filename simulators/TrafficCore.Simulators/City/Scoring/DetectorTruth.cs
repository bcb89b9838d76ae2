using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Scoring;

/// <summary>True volumes of the detectors that are compared. Immutable.</summary>
/// <param name="Window">Length of a window, ms.</param>
/// <param name="From">Begin of the first window, Unix ms.</param>
/// <param name="Until">End of the last.</param>
/// <param name="Detectors">Windows by intersection and detector.</param>
internal sealed record DetectorTruth(long Window, long From, long Until, IReadOnlyDictionary<(string Intersection, string Detector), List<TrueVolume>> Detectors)
{
    /// <summary>Reads the file; of many intersections an even choice.</summary>
    /// <param name="open">Gives the file's lines; called twice.</param>
    /// <param name="most">Intersections at most.</param>
    /// <exception cref="UsageException">It is not such a file, or it is empty.</exception>
    public static DetectorTruth Read(Func<IEnumerable<string>> open, int most)
    {
        const string Name = TruthFiles.DetectorsName;
        string[] all = [.. TruthTable.Read(open(), Name, "intersection").Select(static r => r[0]).Distinct()];
        if (all.Length == 0)
        {
            throw new UsageException($"{Name}: no whole window passed in the run; it has to last for two of city's --truth-window, usually 2m.");
        }

        var chosen = Enumerable.Range(0, Math.Min(most, all.Length)).Select(i => all[(int)((long)i * all.Length / Math.Min(most, all.Length))]).ToHashSet(StringComparer.Ordinal);
        var detectors = new Dictionary<(string, string), List<TrueVolume>>();
        long window = 0, from = long.MaxValue, until = 0;
        foreach (var row in TruthTable.Read(open(), Name, "start", "window", "intersection", "detector", "passed", "sent_volume", "faults"))
        {
            if (!chosen.Contains(row[2]))
            {
                continue;
            }

            var start = TruthTable.Instant(row[0], Name);
            window = TruthTable.Window(row[1], Name);
            (from, until) = (Math.Min(from, start), Math.Max(until, start + window));
            if (!detectors.TryGetValue((row[2], row[3]), out var windows))
            {
                detectors.Add((TruthTable.Id(row[2], Name), TruthTable.Id(row[3], Name)), windows = []);
            }

            windows.Add(new TrueVolume(start, TruthTable.Whole(row[4], Name), TruthTable.Whole(row[5], Name), IsFaulty: row[6].Length > 0));
        }

        return new DetectorTruth(window, from, until, detectors);
    }
}

/// <summary>One window of a detector. Immutable.</summary>
/// <param name="Start">Begin, Unix ms.</param>
/// <param name="Passed">Vehicles that really passed.</param>
/// <param name="Sent">Vehicles that it reported.</param>
/// <param name="IsFaulty">Whether a fault was active.</param>
internal readonly record struct TrueVolume(long Start, long Passed, long Sent, bool IsFaulty);
