using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;

namespace TrafficCore.Storage.Sqlite;

/// <summary>Reads the history of a board out of its day files.</summary>
internal static class BoardDayReader
{
    private const string MessageColumns = "time_ms, id, message, priority, rule, state, expires_ms, author, reason";
    private const string StatusColumns = "received_ms, id, state, message, error";

    public static IReadOnlyList<BoardDecisionRecord> Decisions(StoreReader store, IEnumerable<DayFileName> days, BoardQuery query) => Read(
        store,
        days,
        query,
        $"SELECT {MessageColumns} FROM message WHERE intersection=?1 AND board=?2 AND time_ms>=?3 AND time_ms<?4 ORDER BY time_ms LIMIT ?5",
        row => Decision(row, query.Intersection, query.Board));

    public static IReadOnlyList<BoardStatusRecord> Statuses(StoreReader store, IEnumerable<DayFileName> days, BoardQuery query) => Read(
        store,
        days,
        query,
        $"SELECT {StatusColumns} FROM status WHERE intersection=?1 AND board=?2 AND received_ms>=?3 AND received_ms<?4 ORDER BY received_ms LIMIT ?5",
        row => Status(row, query.Intersection, query.Board));

    /// <summary>Everything that a day holds: boards say little.</summary>
    public static List<OutputEntry> All(DayFileReader file)
    {
        List<OutputEntry> all = [];
        file.ReadAll(
            $"SELECT {MessageColumns}, intersection, board FROM message ORDER BY time_ms",
            row => all.Add(new OutputEntry(0, 0, 0, [], BoardDecision: Decision(row, row.Text(9)!, row.Text(10)!))));
        file.ReadAll(
            $"SELECT {StatusColumns}, intersection, board FROM status ORDER BY received_ms",
            row => all.Add(new OutputEntry(0, 0, 0, [], BoardStatus: Status(row, row.Text(5)!, row.Text(6)!))));
        return all;
    }

    private static BoardDecisionRecord Decision(SqliteStatement row, string intersection, string board) => new(
        intersection, board, row.Int64(0), row.Text(1)!, row.Text(2)!, row.Int32OrNull(3), row.Text(4)!, row.Text(5)!, row.Int64OrNull(6), row.Text(7), row.Text(8)!);

    private static BoardStatusRecord Status(SqliteStatement row, string intersection, string board) =>
        new(intersection, board, row.Int64(0), row.Text(1), row.Text(2)!, row.Text(3), row.Text(4));

    private static List<T> Read<T>(StoreReader store, IEnumerable<DayFileName> days, BoardQuery query, string sql, Func<SqliteStatement, T> read)
    {
        List<T> found = [];
        foreach (DayFileName day in days)
        {
            using DayFileReader? file = found.Count < query.Limit ? store.Open(day) : null;
            file?.Read(sql, query, query.Limit - found.Count, row => found.Add(read(row)));
        }

        return found;
    }
}
