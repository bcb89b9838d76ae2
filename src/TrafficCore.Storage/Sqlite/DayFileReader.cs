using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Sqlite;

/// <summary>One day's file opened to read; reading never blocks the writer (WAL).</summary>
/// <remarks>Ownership: one reader thread, for one question.</remarks>
internal sealed class DayFileReader : IDisposable
{
    private readonly SqliteDatabase _database;

    private readonly string _flowColumns;

    private DayFileReader(SqliteDatabase database)
    {
        _database = database;
        _flowColumns = FlowTable.ColumnsOf(database.Scalar("PRAGMA user_version"));
    }

    /// <summary>Opens a day; null when there is none, or none yet.</summary>
    public static DayFileReader? TryOpen(string directory, DayFileName name)
    {
        string path = Path.Combine(directory, name.ToString());
        if (!File.Exists(path))
        {
            return null;
        }

        SqliteDatabase database;
        try
        {
            database = SqliteDatabase.Open(path, create: false);
        }
        catch (SqliteStoreException e) when (e.Code == SQLitePCL.raw.SQLITE_CANTOPEN && !File.Exists(path))
        {
            return null; // deleted by age since
        }

        try
        {
            database.Execute("PRAGMA query_only=1");
            if (database.Scalar("PRAGMA application_id") != 0)
            {
                return new DayFileReader(database);
            }

            database.Dispose();
            return null;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Ids of an intersection's series of one level.</summary>
    public List<string> Ids(FlowLevel level, string intersection)
    {
        using SqliteStatement select = _database.Prepare("SELECT name FROM series WHERE level=?1 AND intersection=?2");
        select.Bind(1, (long)level);
        select.Bind(2, intersection);
        List<string> ids = [];
        while (select.Step())
        {
            ids.Add(select.Text(0)!);
        }

        return ids;
    }

    /// <summary>Rows of one series whose start is in [from, to), ascending.</summary>
    public List<FlowRow> Rows(FlowLevel level, string intersection, string id, long length, long from, long to)
    {
        List<FlowRow> rows = [];
        if (SeriesOf(level, intersection, id) is not { } series)
        {
            return rows;
        }

        // The key begins with (window, start): one look-up per start, not a scan over every series of the city.
        using SqliteStatement select = SelectOne(length, series);
        long first = from + ((-from % length) + length) % length;
        for (long start = first; start < to; start += length)
        {
            if (ReadAt(select, level, intersection, id, start, length) is { } row)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>The latest row of one series in this file.</summary>
    public FlowRow? Latest(FlowLevel level, string intersection, string id, long length)
    {
        if (SeriesOf(level, intersection, id) is not { } series || Border("max", length) is not { } last || Border("min", length) is not { } first)
        {
            return null;
        }

        using SqliteStatement select = SelectOne(length, series);
        for (long start = last; start >= first; start -= length)
        {
            if (ReadAt(select, level, intersection, id, start, length) is { } row)
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>The newest start of a length in this file.</summary>
    public long? LatestStart(long length) => Border("max", length);

    /// <summary>Intersection rows of a length from a start on, the newest first.</summary>
    public List<FlowRow> IntersectionRows(long length, long from)
    {
        using SqliteStatement select = _database.Prepare(
            $"SELECT series.intersection, start, {_flowColumns} FROM flow JOIN series ON series.id = flow.series "
            + "WHERE \"window\"=?1 AND start>=?2 AND series.level=3 ORDER BY start DESC");
        select.Bind(1, length);
        select.Bind(2, from);
        List<FlowRow> rows = [];
        while (select.Step())
        {
            string intersection = select.Text(0)!;
            rows.Add(FlowTable.Read(select, 2, FlowLevel.Intersection, intersection, intersection, select.Int64(1), length));
        }

        return rows;
    }

    /// <summary>What a device observed, ascending by time.</summary>
    public List<Observation> Observations(ObservationQuery query, int limit)
    {
        List<Observation> observations = [];
        if (SeriesOf(0, query.Intersection, query.Device) is not { } series)
        {
            return observations;
        }

        var table = ObservationTable.Of(query.Kind);
        using SqliteStatement select = _database.Prepare(table.Select);
        select.Bind(1, series);
        select.Bind(2, query.FromMs);
        select.Bind(3, query.ToMs);
        select.Bind(4, (long)limit);
        while (select.Step())
        {
            observations.Add(table.Read(select, query.Intersection, query.Device));
        }

        return observations;
    }

    /// <summary>Newest receive time of what is in the file, Unix ms.</summary>
    public long LastWrittenMs() => _database.Scalar("SELECT last_ms FROM written");

    /// <summary>Rows of every series behind a place (window, start, series), in the order of the key.</summary>
    public (List<FlowRow> Rows, (long Window, long Start, long Series) Last) FlowPage((long Window, long Start, long Series) after, int limit)
    {
        using SqliteStatement select = _database.Prepare(
            $"SELECT \"window\", start, flow.series, series.level, series.intersection, series.name, {_flowColumns} "
            + "FROM flow JOIN series ON series.id = flow.series WHERE (\"window\", start, flow.series)>(?1, ?2, ?3) ORDER BY \"window\", start, flow.series LIMIT ?4");
        select.Bind(1, after.Window);
        select.Bind(2, after.Start);
        select.Bind(3, after.Series);
        select.Bind(4, (long)limit);
        List<FlowRow> rows = [];
        while (select.Step())
        {
            after = (select.Int64(0), select.Int64(1), select.Int64(2));
            rows.Add(FlowTable.Read(select, 6, (FlowLevel)select.Int64(3), select.Text(4)!, select.Text(5)!, after.Start, after.Window));
        }

        return (rows, after);
    }

    /// <summary>Observations of every device behind a place (series, time), in the order of the key.</summary>
    public (List<Observation> Rows, (long Series, long Time) Last) ObservationPage(ObservationKind kind, (long Series, long Time) after, int limit)
    {
        var table = ObservationTable.Of(kind);
        using SqliteStatement select = _database.Prepare(table.SelectAll);
        select.Bind(1, after.Series);
        select.Bind(2, after.Time);
        select.Bind(3, (long)limit);
        List<Observation> rows = [];
        while (select.Step())
        {
            int behind = kind.Properties.Count + 1;
            Observation observation = table.Read(select, select.Text(behind)!, select.Text(behind + 1)!);
            after = (select.Int64(behind + 2), observation.Timestamp);
            rows.Add(observation);
        }

        return (rows, after);
    }

    /// <summary>Runs a question about all that a file has.</summary>
    public void ReadAll(string sql, Action<SqliteStatement> row)
    {
        using SqliteStatement select = _database.Prepare(sql);
        while (select.Step())
        {
            row(select);
        }
    }

    /// <summary>The city's index of a window length, ascending.</summary>
    public List<CityIndexRow> Indexes(CityIndexQuery query, int limit)
    {
        using SqliteStatement select = _database.Prepare(CityTable.Select);
        select.Bind(1, query.WindowMs);
        select.Bind(2, query.FromMs);
        select.Bind(3, query.ToMs);
        select.Bind(4, (long)limit);
        List<CityIndexRow> rows = [];
        while (select.Step())
        {
            rows.Add(CityTable.Read(select, query.WindowMs));
        }

        return rows;
    }

    /// <summary>Rejected payloads, ascending, read while they are enumerated.</summary>
    public IEnumerable<PlacedRejection> Quarantine(QuarantineQuery query)
    {
        using SqliteStatement select = SelectQuarantine("reason, intersection, kind, device, topic, payload", query);
        while (select.Step())
        {
            RejectedPayload rejected = new(
                select.Int64(0), select.Text(2)!, select.Text(3)!, select.Text(4)!, select.Text(5)!, select.Text(6)!, select.Blob(7));
            yield return new PlacedRejection(new QuarantinePlace(rejected.ReceivedMs, select.Int64(1)), rejected);
        }
    }

    /// <summary>Their sizes, without reading them.</summary>
    public IEnumerable<(QuarantinePlace Place, long Bytes)> QuarantineSizes(QuarantineQuery query)
    {
        using SqliteStatement select = SelectQuarantine("length(payload)", query);
        while (select.Step())
        {
            yield return (new QuarantinePlace(select.Int64(0), select.Int64(1)), select.Int64(2));
        }
    }

    /// <summary>Runs a question about one board: its parameters are intersection, board, from, to and how many.</summary>
    public void Read(string sql, BoardQuery query, int limit, Action<SqliteStatement> row)
    {
        using SqliteStatement select = _database.Prepare(sql);
        select.Bind(1, query.Intersection);
        select.Bind(2, query.Board);
        select.Bind(3, query.FromMs);
        select.Bind(4, query.ToMs);
        select.Bind(5, (long)limit);
        while (select.Step())
        {
            row(select);
        }
    }

    public void Dispose() => _database.Dispose();

    private long? SeriesOf(FlowLevel level, string intersection, string id)
    {
        using SqliteStatement select = _database.Prepare(SeriesTable.Find);
        select.Bind(1, (long)level);
        select.Bind(2, intersection);
        select.Bind(3, id);
        return select.Step() ? select.Int64(0) : null;
    }

    private long? Border(string function, long length)
    {
        using SqliteStatement select = _database.Prepare($"SELECT {function}(start) FROM flow WHERE \"window\"=?1");
        select.Bind(1, length);
        return select.Step() ? select.Int64OrNull(0) : null;
    }

    private SqliteStatement SelectQuarantine(string columns, QuarantineQuery query)
    {
        SqliteStatement select = _database.Prepare(
            $"SELECT received_ms, position, {columns} FROM quarantine "
            + "WHERE (received_ms, position)>(?1, ?2) AND received_ms<?3 AND (?4 IS NULL OR reason=?4) ORDER BY received_ms, position");
        select.Bind(1, query.After.ReceivedMs);
        select.Bind(2, query.After.Position);
        select.Bind(3, query.ToMs);
        select.Bind(4, query.Reason);
        return select;
    }

    private SqliteStatement SelectOne(long length, long series)
    {
        SqliteStatement select = _database.Prepare($"SELECT {_flowColumns} FROM flow WHERE \"window\"=?1 AND start=?2 AND series=?3");
        select.Bind(1, length);
        select.Bind(3, series);
        return select;
    }

    private static FlowRow? ReadAt(SqliteStatement select, FlowLevel level, string intersection, string id, long start, long length)
    {
        select.Bind(2, start);
        FlowRow? row = select.Step() ? FlowTable.Read(select, 0, level, intersection, id, start, length) : null;
        select.Reset();
        return row;
    }
}
