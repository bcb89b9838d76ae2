using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Scoring;

/// <summary>A moment from which on something else stands on a board.</summary>
/// <param name="At">Unix ms.</param>
/// <param name="Multi">What stands on it; empty: nothing.</param>
internal readonly record struct BoardChange(long At, string Multi);

/// <summary>A board, the approaches that it watches, and what stood on it. Immutable.</summary>
/// <param name="Intersection">Its intersection.</param>
/// <param name="Board">Its id there.</param>
/// <param name="Watches">Approaches, as <c>int-0001/n</c>.</param>
/// <param name="Changes">What stood on it, in order of time; null: nobody knows, because the run had no boards.</param>
internal sealed record WatchingBoard(string Intersection, string Board, IReadOnlyList<string> Watches, IReadOnlyList<BoardChange>? Changes)
{
    private const long Hour = 3_600_000;

    /// <summary>The most times that what stands on it changed within an hour.</summary>
    public int MostChangesInAnHour
    {
        get
        {
            var times = new List<long>();
            var shown = "";
            foreach (var change in (Changes ?? []).Where(c => c.Multi != shown))
            {
                shown = change.Multi;
                times.Add(change.At);
            }

            return times.Select((from, first) => times.Skip(first).TakeWhile(at => at - from < Hour).Count()).DefaultIfEmpty().Max();
        }
    }

    /// <summary>Reads what boards showed.</summary>
    /// <param name="lines">Lines of <see cref="TruthFiles.BoardsName"/>.</param>
    /// <exception cref="UsageException">It is not such a file.</exception>
    public static List<WatchingBoard> Read(IEnumerable<string> lines) =>
        [.. TruthTable.Read(lines, TruthFiles.BoardsName, "time", "intersection", "board", "watches", "state", "multi")
            .GroupBy(static r => (Intersection: r[1], Board: r[2]))
            .Select(static b => new WatchingBoard(
                TruthTable.Id(b.Key.Intersection, TruthFiles.BoardsName),
                TruthTable.Id(b.Key.Board, TruthFiles.BoardsName),
                b.First()[3].Split(';'),
                b.All(static r => r[4].Length == 0) ? null : [.. b.Select(static r => new BoardChange(TruthTable.Instant(r[0], TruthFiles.BoardsName), r[5]))]))];

    /// <summary>Times in which something stood on it; a change from one text to another is the same warning.</summary>
    /// <param name="end">End of the run, Unix ms: what stands then is taken to stand until then.</param>
    public List<Episode> Warnings(long end)
    {
        var warnings = new List<Episode>();
        long? since = null;
        foreach (var change in Changes ?? [])
        {
            if (change.Multi.Length > 0)
            {
                since ??= change.At;
            }
            else if (since is { } from)
            {
                warnings.Add(new Episode(from, change.At));
                since = null;
            }
        }

        if (since is { } open)
        {
            warnings.Add(new Episode(open, Math.Max(end, open + 1)));
        }

        return warnings;
    }
}
