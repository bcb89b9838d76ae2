using TrafficCore.Storage.Sqlite;

namespace TrafficCore.Storage.History;

/// <summary>How a query is answered: from which stored length, and summed into which windows.</summary>
/// <param name="Query">The query.</param>
/// <param name="StoredMs">Stored length that is read.</param>
/// <param name="Grid">Windows to sum into; null when the stored rows are the answer.</param>
internal sealed record FlowPlan(FlowQuery Query, long StoredMs, WindowGrid? Grid)
{
    // The calendar of DateTimeOffset with room for a zone's offset; beyond it nothing was ever stored.
    private static readonly long MinMs = DateTimeOffset.MinValue.AddYears(1).ToUnixTimeMilliseconds();
    private static readonly long MaxMs = DateTimeOffset.MaxValue.AddYears(-1).ToUnixTimeMilliseconds();

    /// <summary>Plans a query over the days that exist, or says why it cannot be answered.</summary>
    public static FlowPlan? TryMake(FlowQuery query, IReadOnlyList<long> storedLengths, int maxRows, (long From, long To) kept, out FlowAnswer? problem)
    {
        problem = null;
        if (query.ToMs < query.FromMs)
        {
            problem = Problem(FlowProblem.RangeReversed, "from: must not be later than to");
            return null;
        }

        query = query with { FromMs = Math.Clamp(query.FromMs, MinMs, MaxMs), ToMs = Math.Clamp(query.ToMs, MinMs, MaxMs) };
        query = Narrow(query, kept);
        WindowGrid? grid = query.Window.Zone is { } zone ? new WindowGrid.LocalDays(zone) : new WindowGrid.Fixed(Math.Max(1, query.Window.LengthMs));
        long stored = storedLengths.Where(length => Divides(length, query, grid)).DefaultIfEmpty(0).Max();
        if (stored == 0)
        {
            string lengths = string.Join(", ", storedLengths.Select(FlowWindow.Name));
            problem = Problem(FlowProblem.WindowNotStored, query.Window.IsDay
                ? $"window: the days of {query.Window.Zone!.Id} cannot be summed from the stored lengths {lengths}"
                : $"window: must be a multiple of a stored length ({lengths}) or 'day'");
            return null;
        }

        long window = query.Window.IsDay ? DayFileName.DayMs : query.Window.LengthMs;
        if ((query.ToMs - query.FromMs) / window > maxRows)
        {
            problem = Problem(FlowProblem.RangeTooLong, $"from: the range holds more than {maxRows} windows");
            return null;
        }

        return new FlowPlan(query, stored, stored == query.Window.LengthMs ? null : grid);
    }

    /// <summary>Cuts a range to what is kept, so that "since ever" costs no more than what there is.</summary>
    private static FlowQuery Narrow(FlowQuery query, (long From, long To) kept)
    {
        // A window may begin up to its own length before the first day that is kept.
        long reach = Math.Max(query.Window.LengthMs, 2 * DayFileName.DayMs);
        long from = Math.Max(query.FromMs, kept.From - reach);
        return query with { FromMs = from, ToMs = Math.Max(from, Math.Min(query.ToMs, kept.To)) };
    }

    private static bool Divides(long stored, FlowQuery query, WindowGrid grid)
    {
        if (!query.Window.IsDay)
        {
            return query.Window.LengthMs > 0 && query.Window.LengthMs % stored == 0;
        }

        for (long start = grid.FirstFrom(query.FromMs); start < query.ToMs; start = grid.EndOf(start))
        {
            if (start % stored != 0 || grid.EndOf(start) % stored != 0)
            {
                return false;
            }
        }

        return DayFileName.DayMs % stored == 0;
    }

    private static FlowAnswer Problem(FlowProblem problem, string detail) => new(problem, detail, AsyncEnumerable.Empty<Traffic.Windows.FlowRow>());
}
