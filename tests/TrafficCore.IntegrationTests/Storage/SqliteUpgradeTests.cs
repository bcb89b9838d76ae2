using TrafficCore.Storage.Sqlite;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.IntegrationTests.Storage;

/// <summary>Day files that the program before this one wrote: read as they are, brought to the present form when they are written to.</summary>
public sealed class SqliteUpgradeTests
{
    private const long Quarter = SqliteFixture.Quarter;

    // 2024-03-01T22:00Z.
    private const long Evening = 1_709_330_400_000;
    private const string File = "long-2024-03-01.db";

    // The tables of version 1, and two quarters of an hour of one approach.
    private const string VersionOne = """
        CREATE TABLE series(id INTEGER PRIMARY KEY, level INTEGER NOT NULL, intersection TEXT NOT NULL, name TEXT NOT NULL,
            UNIQUE(level, intersection, name));
        CREATE TABLE flow("window" INTEGER NOT NULL, start INTEGER NOT NULL, series INTEGER NOT NULL, revision INTEGER NOT NULL,
            readings INTEGER NOT NULL, expected INTEGER, volume INTEGER, observed_ms INTEGER NOT NULL, expected_ms INTEGER,
            occupancy_sum INTEGER NOT NULL, occupancy_ms INTEGER NOT NULL, speed_sum INTEGER NOT NULL, speed_vehicles INTEGER NOT NULL,
            flow_rate_milli INTEGER, pcu_milli INTEGER, speed_ratio_milli INTEGER, level INTEGER, level_method TEXT,
            health INTEGER NOT NULL, classes TEXT, PRIMARY KEY("window", start, series)) WITHOUT ROWID;
        CREATE TABLE written(last_ms INTEGER NOT NULL);
        INSERT INTO written VALUES(0);
        INSERT INTO series VALUES(1, 2, 'i', 'n');
        INSERT INTO flow VALUES(900000,1709330400000,1,1,2,NULL,10,900000,NULL,0,0,40000,10,NULL,NULL,800,2,'speed-ratio',0,NULL);
        INSERT INTO flow VALUES(900000,1709331300000,1,1,2,NULL,10,900000,NULL,0,0,20000,10,NULL,NULL,400,5,'speed-ratio',0,'{"car":3}');
        PRAGMA application_id=1413695063;
        PRAGMA user_version=1;
        """;

    [Fact]
    public async Task FileOfVersionOne_ReadThenWrittenTo_KeepsItsRows()
    {
        await using SqliteFixture store = new();
        Directory.CreateDirectory(store.Directory);
        Execute(store, VersionOne);
        FlowRow[] old = [Row(0) with { SpeedWeighted = 40_000, SpeedRatioMilli = 800, ServiceLevel = 2 }, Row(1) with { SpeedWeighted = 20_000, SpeedRatioMilli = 400, ServiceLevel = 5, Classes = [new ClassVolume("car", 3)] }];
        using (SqliteHistory history = store.History())
        {
            HistoryExtensions.AssertEqual(old, await history.ReadAsync(FlowLevel.Approach, "i", "n", Quarter));
            FlowRow sum = Assert.Single(await history.ReadAsync(FlowLevel.Approach, "i", "n", 2 * Quarter));
            Assert.Equal((600, 3, "hcm7-speed-ratio"), (sum.SpeedRatioMilli, sum.ServiceLevel, sum.LevelMethod));
        }

        FlowRow corrected = Row(1) with { Revision = 2, SpeedWeighted = 30_000, SpeedRatioMilli = 600, FreeFlowSpeedCenti = 5_000, ServiceLevel = 2, LevelMethod = "gbt33171-speed-ratio" };
        FlowRow next = Row(2) with { FreeFlowSpeedCenti = 5_000, SpeedRatioMilli = 900, SpeedWeighted = 45_000, ServiceLevel = 1, LevelMethod = "gbt33171-speed-ratio" };
        store.Output.Append(store.Now, corrected, next);
        await store.Start().DeliveredAsync();

        using SqliteHistory after = store.History();
        HistoryExtensions.AssertEqual([old[0], corrected, next], await after.ReadAsync(FlowLevel.Approach, "i", "n", Quarter));
        Assert.Equal([File, "catalog.db"], store.Files().Order(StringComparer.Ordinal).Reverse());
        Assert.False(Directory.Exists(Path.Combine(store.Directory, "set-aside")), "nothing was damaged");
    }

    [Fact]
    public async Task FileOfALaterVersion_IsSetAside()
    {
        await using SqliteFixture store = new();
        Directory.CreateDirectory(store.Directory);
        Execute(store, VersionOne + "PRAGMA user_version=3;");
        store.Output.Append(store.Now, Row(2));

        await store.Start().DeliveredAsync();

        Assert.Single(Directory.GetFiles(Path.Combine(store.Directory, "set-aside"), "*" + File));
    }

    private static void Execute(SqliteFixture store, string sql)
    {
        using SqliteDatabase database = SqliteDatabase.Open(Path.Combine(store.Directory, File), create: true);
        database.Execute(sql);
        database.Execute($"UPDATE written SET last_ms = {store.Now}");
    }

    private static FlowRow Row(int quarter) => new()
    {
        Level = FlowLevel.Approach, Intersection = "i", Id = "n", Start = Evening + (quarter * Quarter), Length = Quarter, Revision = 1, Readings = 2, Volume = 10,
        ObservedMs = Quarter, SpeedVehicles = 10, LevelMethod = "hcm7-speed-ratio",
    };
}
