using System.Text.Json;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Sqlite;

/// <summary>The table of rows: its columns, how a row goes in and how it comes out.</summary>
/// <remarks>
/// Every integer accumulator is kept in the unit of <see cref="FlowRow"/>, so that a longer window can be summed exactly. The
/// series table is in the same file: each file can be read, moved or lost alone.
/// </remarks>
internal static class FlowTable
{
    public const int ApplicationId = 0x54434657; // "TCFW"
    public const int Version = 2;

    /// <summary>Makes a file of version 1 one of this version: free-flow speeds came with it.</summary>
    public const string Upgrade = "ALTER TABLE flow ADD COLUMN free_flow_centi INTEGER;";

    public const string Create = SeriesTable.Create + """
        CREATE TABLE flow("window" INTEGER NOT NULL, start INTEGER NOT NULL, series INTEGER NOT NULL, revision INTEGER NOT NULL,
            readings INTEGER NOT NULL, expected INTEGER, volume INTEGER, observed_ms INTEGER NOT NULL, expected_ms INTEGER,
            occupancy_sum INTEGER NOT NULL, occupancy_ms INTEGER NOT NULL, speed_sum INTEGER NOT NULL, speed_vehicles INTEGER NOT NULL,
            flow_rate_milli INTEGER, pcu_milli INTEGER, speed_ratio_milli INTEGER, level INTEGER, level_method TEXT,
            health INTEGER NOT NULL, classes TEXT, free_flow_centi INTEGER, PRIMARY KEY("window", start, series)) WITHOUT ROWID;

        """ + DayFile.CreateWritten;

    public const string Upsert =
        $"INSERT INTO flow(\"window\", start, series, {Columns}) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21) "
        + "ON CONFLICT DO UPDATE SET revision=excluded.revision, readings=excluded.readings, expected=excluded.expected, "
        + "volume=excluded.volume, observed_ms=excluded.observed_ms, expected_ms=excluded.expected_ms, "
        + "occupancy_sum=excluded.occupancy_sum, occupancy_ms=excluded.occupancy_ms, speed_sum=excluded.speed_sum, "
        + "speed_vehicles=excluded.speed_vehicles, flow_rate_milli=excluded.flow_rate_milli, pcu_milli=excluded.pcu_milli, "
        + "speed_ratio_milli=excluded.speed_ratio_milli, level=excluded.level, level_method=excluded.level_method, "
        + "health=excluded.health, classes=excluded.classes, free_flow_centi=excluded.free_flow_centi WHERE excluded.revision > flow.revision";

    private const string FreeFlow = "free_flow_centi";

    private const string Columns =
        "revision, readings, expected, volume, observed_ms, expected_ms, occupancy_sum, occupancy_ms, speed_sum, speed_vehicles, "
        + "flow_rate_milli, pcu_milli, speed_ratio_milli, level, level_method, health, classes, " + FreeFlow;

    /// <summary>What to select of a file, for <see cref="Read"/>: a file of version 1 that nobody has written to since can be read as it is.</summary>
    /// <param name="fileVersion">The file's version.</param>
    public static string ColumnsOf(long fileVersion)
    {
        string columns = Columns.Replace(" level,", " flow.level,", StringComparison.Ordinal);
        return fileVersion < Version ? columns.Replace(FreeFlow, "NULL", StringComparison.Ordinal) : columns;
    }

    public static void Bind(SqliteStatement upsert, long series, FlowRow row)
    {
        upsert.Bind(1, row.Length);
        upsert.Bind(2, row.Start);
        upsert.Bind(3, series);
        upsert.Bind(4, (long)row.Revision);
        upsert.Bind(5, (long)row.Readings);
        upsert.Bind(6, row.Expected);
        upsert.Bind(7, row.Volume);
        upsert.Bind(8, row.ObservedMs);
        upsert.Bind(9, row.ExpectedMs);
        upsert.Bind(10, row.OccupancyWeighted);
        upsert.Bind(11, row.OccupancyMs);
        upsert.Bind(12, row.SpeedWeighted);
        upsert.Bind(13, row.SpeedVehicles);
        upsert.Bind(14, row.FlowRateMilli);
        upsert.Bind(15, row.PcuMilli);
        upsert.Bind(16, row.SpeedRatioMilli);
        upsert.Bind(17, row.ServiceLevel);
        upsert.Bind(18, row.LevelMethod);
        upsert.Bind(19, (long)row.Health);
        upsert.Bind(20, row.Classes.Count == 0 ? null : WriteClasses(row.Classes));
        upsert.Bind(21, row.FreeFlowSpeedCenti);
    }

    /// <summary>Builds a row from the columns of <see cref="ColumnsOf"/>, which begin at column <paramref name="c"/>.</summary>
    public static FlowRow Read(SqliteStatement select, int c, FlowLevel level, string intersection, string id, long start, long length) => new()
    {
        Level = level,
        Intersection = intersection,
        Id = id,
        Start = start,
        Length = length,
        Revision = (int)select.Int64(c),
        Readings = (int)select.Int64(c + 1),
        Expected = select.Int32OrNull(c + 2),
        Volume = select.Int64OrNull(c + 3),
        ObservedMs = select.Int64(c + 4),
        ExpectedMs = select.Int64OrNull(c + 5),
        OccupancyWeighted = select.Int64(c + 6),
        OccupancyMs = select.Int64(c + 7),
        SpeedWeighted = select.Int64(c + 8),
        SpeedVehicles = select.Int64(c + 9),
        FlowRateMilli = select.Int64OrNull(c + 10),
        PcuMilli = select.Int64OrNull(c + 11),
        SpeedRatioMilli = select.Int32OrNull(c + 12),
        ServiceLevel = select.Int32OrNull(c + 13),
        LevelMethod = select.Text(c + 14) is { } method ? SpeedRatioScale.NameOf(method) : null,
        Health = (RowHealth)select.Int64(c + 15),
        Classes = select.Text(c + 16) is { } classes ? ReadClasses(classes) : [],
        FreeFlowSpeedCenti = select.Int32OrNull(c + 17),
    };

    private static string WriteClasses(IReadOnlyList<ClassVolume> classes)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            foreach (ClassVolume item in classes)
            {
                writer.WriteNumber(item.Name, item.Volume);
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static ClassVolume[] ReadClasses(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(item => new ClassVolume(item.Name, item.Value.GetInt64()))];
    }
}
