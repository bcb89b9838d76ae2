using TrafficCore.Traffic.Observations;

namespace TrafficCore.Storage.Sqlite;

/// <summary>The table of one kind's observations: a column for each property, in the unit that is kept.</summary>
/// <remarks>
/// The key begins with the series: observations come at any time, and a question is for a range of one device. An observation is
/// stored once, so a second one of the same instant comes from a device without a clock: their values are put together, as InfluxDB does.
/// </remarks>
internal sealed class ObservationTable
{
    public const int ApplicationId = 0x54434F42; // "TCOB"
    public const int Version = 1;

    private static readonly ObservationTable Environment = new(ObservationKind.Environment);
    private static readonly ObservationTable Parking = new(ObservationKind.Parking);

    private readonly ObservationKind _kind;

    private ObservationTable(ObservationKind kind)
    {
        _kind = kind;
        string[] columns = [.. kind.Properties.Select(property => property.Name)];
        Create = $"{SeriesTable.Create}CREATE TABLE observation(series INTEGER NOT NULL, ts INTEGER NOT NULL, "
            + $"{string.Concat(columns.Select(column => $"{column} INTEGER, "))}PRIMARY KEY(series, ts)) WITHOUT ROWID;{DayFile.CreateWritten}";
        Upsert = $"INSERT INTO observation VALUES(?1,?2{string.Concat(columns.Select((_, i) => $",?{i + 3}"))}) ON CONFLICT DO UPDATE SET "
            + string.Join(", ", columns.Select(column => $"{column}=coalesce(excluded.{column}, {column})"))
            + $" WHERE {string.Join(" OR ", columns.Select(column => $"excluded.{column} IS NOT NULL AND excluded.{column} IS NOT observation.{column}"))}";
        SelectAll = $"SELECT ts, {string.Join(", ", columns)}, intersection, name, series FROM observation JOIN series ON series.id = series "
            + "WHERE (series, ts)>(?1, ?2) ORDER BY series, ts LIMIT ?3";
        Select = $"SELECT ts, {string.Join(", ", columns)} FROM observation WHERE series=?1 AND ts>=?2 AND ts<?3 ORDER BY ts LIMIT ?4";
    }

    public string Create { get; }

    public string Upsert { get; }

    /// <summary>A range of one series: series, first, end, most.</summary>
    public string Select { get; }

    /// <summary>Observations of every device behind a series and a time: series, time, most. Behind the columns of <see cref="Select"/> come intersection, device and series.</summary>
    public string SelectAll { get; }

    public static ObservationTable Of(ObservationKind kind) => kind == ObservationKind.Parking ? Parking : Environment;

    public static void Bind(SqliteStatement upsert, long series, Observation observation)
    {
        upsert.Bind(1, series);
        upsert.Bind(2, observation.Timestamp);
        for (int i = 0; i < observation.Kind.Properties.Count; i++)
        {
            upsert.Bind(i + 3, observation.Values[i]);
        }
    }

    /// <summary>Builds an observation from a row of <see cref="Select"/>.</summary>
    public Observation Read(SqliteStatement select, string intersection, string device)
    {
        var values = default(ObservedValues);
        for (int i = 0; i < _kind.Properties.Count; i++)
        {
            values[i] = select.Int32OrNull(i + 1);
        }

        return new Observation(_kind, intersection, device, select.Int64(0), values);
    }
}
