using TrafficCore.Simulators.City.Truth;

namespace TrafficCore.Simulators.City.Scoring;

/// <summary>Compares what boards showed with when the roads that they watch were congested.</summary>
internal static class BoardTruth
{
    /// <summary>The score of all boards without a fault; null when there is none of which anybody knows what it showed.</summary>
    /// <param name="boards">The boards.</param>
    /// <param name="approaches">Lines of <see cref="TruthFiles.ApproachesName"/>.</param>
    /// <param name="faults">Lines of <see cref="TruthFiles.FaultsName"/>.</param>
    /// <param name="options">From when on a road is congested, and the tolerance.</param>
    public static BoardScore? Score(IReadOnlyList<WatchingBoard> boards, IEnumerable<string> approaches, IEnumerable<string> faults, ScoreOptions options)
    {
        if (boards.All(static b => b.Changes is null))
        {
            return null;
        }

        var faulty = TruthTable.Read(faults, TruthFiles.FaultsName, "device").Select(static r => r[0]).ToHashSet(StringComparer.Ordinal);
        var (congested, end) = Congested(approaches, options.Congested, boards.SelectMany(static b => b.Watches).ToHashSet(StringComparer.Ordinal));
        var score = new BoardScore((long)options.Tolerance.TotalMilliseconds);
        foreach (var board in boards.Where(b => !faulty.Contains($"{b.Intersection}/board/{b.Board}")))
        {
            score.Add(board.Warnings(end), board.Watches.SelectMany(w => congested.GetValueOrDefault(w, [])).OrderBy(static e => e.From), board.MostChangesInAnHour);
        }

        return score;
    }

    /// <summary>When each of some approaches was congested, window by window, and the end of the last window.</summary>
    /// <param name="approaches">Lines of <see cref="TruthFiles.ApproachesName"/>.</param>
    /// <param name="from">From which level on.</param>
    /// <param name="watched">The approaches, as <c>int-0001/n</c>.</param>
    public static (Dictionary<string, List<Episode>> Congested, long End) Congested(IEnumerable<string> approaches, CongestionState from, IReadOnlySet<string> watched)
    {
        const string Name = TruthFiles.ApproachesName;
        var congested = new Dictionary<string, List<Episode>>(StringComparer.Ordinal);
        long end = 0;
        foreach (var row in TruthTable.Read(approaches, Name, "start", "window", "intersection", "approach", "state"))
        {
            var start = TruthTable.Instant(row[0], Name);
            var until = start + TruthTable.Window(row[1], Name);
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
