using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Sqlite;

/// <summary>A day of rows opened for writing.</summary>
/// <remarks>Ownership: the sink's thread.</remarks>
internal sealed class FlowDayFile : DayFile
{
    private readonly SqliteStatement _upsert;
    private readonly SeriesTable _series;
    private Placed[] _placed = [];

    private FlowDayFile(DayFileName name, SqliteDatabase database)
        : base(name, database)
    {
        _upsert = database.Prepare(FlowTable.Upsert);
        _series = new SeriesTable(database);
    }

    public static FlowDayFile Open(string path, DayFileName name, bool expected, long checkBytes) =>
        new(name, OpenDatabase(path, FlowTable.ApplicationId, FlowTable.Version, FlowTable.Create, expected, checkBytes, FlowTable.Upgrade));

    /// <summary>Writes rows in key order; returns how many were new or of a higher revision.</summary>
    public override int Write(OutputBatch.FilePart part)
    {
        List<FlowRow> rows = part.Rows;
        if (_placed.Length < rows.Count)
        {
            _placed = new Placed[Math.Max(rows.Count, _placed.Length * 2)];
        }

        for (int i = 0; i < rows.Count; i++)
        {
            FlowRow row = rows[i];
            _placed[i] = new Placed(row.Length, row.Start, _series.IdOf((long)row.Level, row.Intersection, row.Id), i);
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
        _series.Forget();
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
