using TrafficCore.Traffic.Service;

namespace TrafficCore.Storage.Sqlite;

/// <summary>The table of the city's index: one row a window, in the integers of <see cref="CityIndexRow"/>.</summary>
internal static class CityTable
{
    public const int ApplicationId = 0x54434349; // "TCCI"
    public const int Version = 1;

    // A service serves one city, so its name is a value: a row keeps the name of its time.
    public const string Create = """
        CREATE TABLE city_index("window" INTEGER NOT NULL, start INTEGER NOT NULL, revision INTEGER NOT NULL, city TEXT NOT NULL,
            tpi_milli INTEGER NOT NULL, dtp_micro INTEGER NOT NULL, tti_micro INTEGER NOT NULL, length_1 INTEGER NOT NULL, length_2 INTEGER NOT NULL,
            length_3 INTEGER NOT NULL, length_4 INTEGER NOT NULL, length_5 INTEGER NOT NULL, approaches INTEGER NOT NULL,
            network_length INTEGER NOT NULL, network_version INTEGER NOT NULL, method TEXT NOT NULL, PRIMARY KEY("window", start)) WITHOUT ROWID;

        """ + DayFile.CreateWritten;

    public const string Upsert =
        "INSERT INTO city_index VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16) ON CONFLICT DO UPDATE SET revision=excluded.revision, "
        + "city=excluded.city, tpi_milli=excluded.tpi_milli, dtp_micro=excluded.dtp_micro, tti_micro=excluded.tti_micro, length_1=excluded.length_1, "
        + "length_2=excluded.length_2, length_3=excluded.length_3, length_4=excluded.length_4, length_5=excluded.length_5, approaches=excluded.approaches, "
        + "network_length=excluded.network_length, network_version=excluded.network_version, method=excluded.method WHERE excluded.revision > city_index.revision";

    /// <summary>A range: window, first start, end, most rows.</summary>
    public const string Select = $"SELECT {Columns} "
        + "FROM city_index WHERE \"window\"=?1 AND start>=?2 AND start<?3 ORDER BY start LIMIT ?4";

    /// <summary>Everything that a day holds; the window follows the columns of <see cref="Select"/>.</summary>
    public const string SelectAll = $"SELECT {Columns}, \"window\" FROM city_index ORDER BY start, \"window\"";

    /// <summary>Where <see cref="SelectAll"/> has the window.</summary>
    public const int WindowColumn = 14;

    private const string Columns =
        "start, revision, city, tpi_milli, dtp_micro, tti_micro, length_1, length_2, length_3, length_4, length_5, approaches, network_length, network_version";

    public static void Bind(SqliteStatement upsert, CityIndexRow row)
    {
        upsert.Bind(1, row.Length);
        upsert.Bind(2, row.Start);
        upsert.Bind(3, (long)row.Revision);
        upsert.Bind(4, row.City);
        upsert.Bind(5, (long)row.Index.TpiMilli);
        upsert.Bind(6, (long)row.Index.DtpMicro);
        upsert.Bind(7, row.Index.TtiMicro);
        for (int level = 1; level <= LevelLengths.Levels; level++)
        {
            upsert.Bind(7 + level, row.Lengths.At(level));
        }

        upsert.Bind(13, (long)row.Approaches);
        upsert.Bind(14, row.NetworkLength);
        upsert.Bind(15, (long)row.NetworkVersion);
        upsert.Bind(16, CongestionIndex.Method);
    }

    /// <summary>Builds a row from a row of <see cref="Select"/>.</summary>
    public static CityIndexRow Read(SqliteStatement select, long length) => new()
    {
        City = select.Text(2)!,
        Start = select.Int64(0),
        Length = length,
        Revision = (int)select.Int64(1),
        Index = new CongestionIndex((int)select.Int64(3), (int)select.Int64(4), select.Int64(5)),
        Lengths = new LevelLengths(select.Int64(6), select.Int64(7), select.Int64(8), select.Int64(9), select.Int64(10)),
        Approaches = (int)select.Int64(11),
        NetworkLength = select.Int64(12),
        NetworkVersion = (uint)select.Int64(13),
    };
}
