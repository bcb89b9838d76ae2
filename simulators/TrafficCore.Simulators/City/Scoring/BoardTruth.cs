using TrafficCore.Simulators.City.Truth;

namespace TrafficCore.Simulators.City.Scoring;

/// <summary>Compares what boards showed with when the roads that they watch were congested.</summary>
internal static class BoardTruth
{
    /// <summary>The score of all boards without a fault; null when the run had no boards that ever showed anything, and no congestion is told of one.</summary>
    /// <param name="boards">Lines of <see cref="TruthFiles.BoardsName"/>.</param>
    /// <param name="approaches">Lines of <see cref="TruthFiles.ApproachesName"/>.</param>
    /// <param name="faults">Lines of <see cref="TruthFiles.FaultsName"/>.</param>
    /// <param name="options">From when on a road is congested, and the tolerance.</param>
    public static BoardScore? Score(IEnumerable<string> boards, IEnumerable<string> approaches, IEnumerable<string> faults, ScoreOptions options)
    {
        var changes = TruthTable.Read(boards, TruthFiles.BoardsName, "time", "intersection", "board", "watches", "multi").ToList();
        if (changes.Count == 0)
        {
            return null;
        }

        var faulty = TruthTable.Read(faults, TruthFiles.FaultsName, "device").Select(static r => r[0]).ToHashSet(StringComparer.Ordinal);
        var (congested, end) = Congested(approaches, options.Congested, changes.SelectMany(static c => c[3].Split(';')).ToHashSet(StringComparer.Ordinal));
        var score = new BoardScore((long)options.Tolerance.TotalMilliseconds);
        foreach (var board in changes.GroupBy(static c => (Intersection: c[1], Board: c[2])).Where(b => !faulty.Contains($"{b.Key.Intersection}/board/{b.Key.Board}")))
        {
            var watches = board.First()[3].Split(';');
            score.Add(Warnings(board, end), watches.SelectMany(w => congested.GetValueOrDefault(w, [])).OrderBy(static e => e.From));
        }

        return score;
    }

    /// <summary>Times in which a board showed something; a change from one text to another is the same warning.</summary>
    private static List<Episode> Warnings(IEnumerable<string[]> changes, long end)
    {
        var warnings = new List<Episode>();
        long? since = null;
        foreach (var change in changes)
        {
            var at = TruthTable.Instant(change[0], TruthFiles.BoardsName);
            if (change[4].Length > 0)
            {
                since ??= at;
            }
            else if (since is { } from)
            {
                warnings.Add(new Episode(from, at));
                since = null;
            }
        }

        if (since is { } open)
        {
            warnings.Add(new Episode(open, Math.Max(end, open + 1)));
        }

        return warnings;
    }

    private static (Dictionary<string, List<Episode>> Congested, long End) Congested(IEnumerable<string> approaches, CongestionState from, HashSet<string> watched)
    {
        const string Name = TruthFiles.ApproachesName;
        var congested = new Dictionary<string, List<Episode>>(StringComparer.Ordinal);
        long end = 0;
        foreach (var row in TruthTable.Read(approaches, Name, "start", "window", "intersection", "approach", "state"))
        {
            var start = TruthTable.Instant(row[0], Name);
            var until = start + (TruthTable.Whole(row[1], Name) * 1000);
            end = Math.Max(end, until);
            var approach = $"{row[2]}/{row[3]}";
            if (watched.Contains(approach) && CongestionStates.Parse(row[4]) >= from)
            {
                if (!congested.TryGetValue(approach, out var episodes))
                {
                    congested.Add(approach, episodes = []);
                }

                episodes.Add(new Episode(start, until));
            }
        }

        return (congested, end);
    }
}
