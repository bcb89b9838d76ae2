using TrafficCore.Traffic.Observations;

namespace TrafficCore.Storage.Sqlite;

/// <summary>A day of one kind's observations opened for writing.</summary>
/// <remarks>Ownership: the sink's thread.</remarks>
internal sealed class ObservationDayFile : DayFile
{
    private readonly SqliteStatement _upsert;
    private readonly SeriesTable _series;

    private ObservationDayFile(DayFileName name, SqliteDatabase database, ObservationTable table)
        : base(name, database)
    {
        _upsert = database.Prepare(table.Upsert);
        _series = new SeriesTable(database);
    }

    public static ObservationDayFile Open(string path, DayFileName name, ObservationKind kind, bool expected, long checkBytes)
    {
        var table = ObservationTable.Of(kind);
        return new(name, OpenDatabase(path, ObservationTable.ApplicationId, ObservationTable.Version, table.Create, expected, checkBytes), table);
    }

    public override int Write(OutputBatch.FilePart part)
    {
        int applied = 0;
        foreach (Observation observation in part.Observations)
        {
            ObservationTable.Bind(_upsert, _series.IdOf(0, observation.Intersection, observation.Device), observation);
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
}
