using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Sqlite;

/// <summary>A day of rows opened for writing.</summary>
/// <remarks>Ownership: the sink's thread.</remarks>
internal sealed class FlowDayFile : DayFile
{
    private readonly SqliteStatement _upsert;
    private readonly SqliteStatement _findSeries;
    private readonly SqliteStatement _addSeries;
    private readonly Dictionary<(FlowLevel Level, string Intersection, string Id), long> _series = [];
    private Placed[] _placed = [];

    private FlowDayFile(DayFileName name, SqliteDatabase database)
        : base(name, database)
    {
        _upsert = database.Prepare(FlowTable.Upsert);
        _findSeries = database.Prepare("SELECT id FROM series WHERE level=?1 AND intersection=?2 AND name=?3");
        _addSeries = database.Prepare("INSERT INTO series(level, intersection, name) VALUES(?1,?2,?3)");
    }

    public static FlowDayFile Open(string path, DayFileName name, bool expected, long checkBytes) =>
        new(name, OpenDatabase(path, FlowTable.ApplicationId, FlowTable.Version, FlowTable.Create, expected, checkBytes));

    /// <summary>Writes rows in key order; returns how many were new or of a higher revision.</summary>
    public int Write(List<FlowRow> rows)
    {
        if (_placed.Length < rows.Count)
        {
            _placed = new Placed[Math.Max(rows.Count, _placed.Length * 2)];
        }

        for (int i = 0; i < rows.Count; i++)
        {
            FlowRow row = rows[i];
            _placed[i] = new Placed(row.Length, row.Start, SeriesOf(row), i);
        }

        // Key order turns the inserts of a window into appends to one B-tree leaf after the other. The last key part keeps the
        // order of arrival, so that of two revisions in one batch the later is written last.
        Span<Placed> ordered = _placed.AsSpan(0, rows.Count);
        ordered.Sort();
        int applied = 0;
        foreach (Placed placed in ordered)
        {
            FlowTable.Bind(_upsert, placed.Series, rows[placed.Index]);
            _upsert.Run();
            applied += Database.Changes();
        }

        return applied;
    }

    public override void Rollback()
    {
        base.Rollback();
        _series.Clear(); // ids given inside the transaction are gone with it
    }

    private long SeriesOf(FlowRow row)
    {
        (FlowLevel, string, string) key = (row.Level, row.Intersection, row.Id);
        if (_series.TryGetValue(key, out long id))
        {
            return id;
        }

        id = Select(_findSeries, row) ?? Insert(row);
        _series.Add(key, id);
        return id;
    }

    private static long? Select(SqliteStatement find, FlowRow row)
    {
        find.Bind(1, (long)row.Level);
        find.Bind(2, row.Intersection);
        find.Bind(3, row.Id);
        long? id = find.Step() ? find.Int64(0) : null;
        find.Reset();
        return id;
    }

    private long Insert(FlowRow row)
    {
        _addSeries.Bind(1, (long)row.Level);
        _addSeries.Bind(2, row.Intersection);
        _addSeries.Bind(3, row.Id);
        _addSeries.Run();
        return Database.LastInsertedId();
    }

    private readonly record struct Placed(long Length, long Start, long Series, int Index) : IComparable<Placed>
    {
        public int CompareTo(Placed other)
        {
            int order = Length.CompareTo(other.Length);
            order = order != 0 ? order : Start.CompareTo(other.Start);
            order = order != 0 ? order : Series.CompareTo(other.Series);
            return order != 0 ? order : Index.CompareTo(other.Index);
        }
    }
}
