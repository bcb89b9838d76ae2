using TrafficCore.Traffic.Service;

namespace TrafficCore.Storage.Sqlite;

/// <summary>A day of the city's index opened for writing.</summary>
/// <remarks>Ownership: the sink's thread.</remarks>
internal sealed class CityDayFile : DayFile
{
    private readonly SqliteStatement _upsert;

    private CityDayFile(DayFileName name, SqliteDatabase database)
        : base(name, database) => _upsert = database.Prepare(CityTable.Upsert);

    public static CityDayFile Open(string path, DayFileName name, bool expected, long checkBytes) =>
        new(name, OpenDatabase(path, CityTable.ApplicationId, CityTable.Version, CityTable.Create, expected, checkBytes));

    public override int Write(OutputBatch.FilePart part)
    {
        int applied = 0;
        foreach (CityIndexRow row in part.Indexes)
        {
            CityTable.Bind(_upsert, row);
            _upsert.Run();
            applied += Database.Changes();
        }

        return applied;
    }
}
