using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.Sqlite;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.IntegrationTests.Storage;

public sealed class SqliteSinkTests
{
    private const long Minute = SqliteFixture.Minute;
    private const long Quarter = SqliteFixture.Quarter;

    // 2024-03-01T22:00Z: windows on both sides of midnight.
    private const long Evening = 1_709_330_400_000;

    [Fact]
    public async Task Rows_Delivered_ReadBackValueByValue()
    {
        await using SqliteFixture store = new();
        List<FlowRow> rows = [];
        RandomRows random = new(seed: 5);
        for (int i = 0; i < 300; i++)
        {
            rows.Add(random.Next(FlowLevel.Detector, "int-1", "d,1 'x'", Evening + i * Minute, Minute));
            rows.Add(random.Next(FlowLevel.Detector, "int-2", "d,1 'x'", Evening + i * Minute, Minute));
            rows.Add(random.Next(FlowLevel.Approach, "int-1", "n", Evening + i * Minute, Minute));
            rows.Add(random.Next(FlowLevel.Intersection, "int-1", "int-1", Evening + i * Quarter, Quarter));
        }

        foreach (FlowRow[] record in rows.Chunk(7))
        {
            store.Output.Append(store.Now, record);
        }

        await store.Start().DeliveredAsync();

        using SqliteHistory history = store.History();
        HistoryExtensions.AssertEqual(rows.Where(r => r.Intersection == "int-1" && r.Level == FlowLevel.Detector), await history.ReadAsync(FlowLevel.Detector, "int-1", "d,1 'x'", Minute));
        HistoryExtensions.AssertEqual(rows.Where(r => r.Intersection == "int-2"), await history.ReadAsync(FlowLevel.Detector, "int-2", "d,1 'x'", Minute));
        HistoryExtensions.AssertEqual(rows.Where(r => r.Level == FlowLevel.Approach), await history.ReadAsync(FlowLevel.Approach, "int-1", "n", Minute));
        HistoryExtensions.AssertEqual(rows.Where(r => r.Level == FlowLevel.Intersection), await history.ReadAsync(FlowLevel.Intersection, "int-1", "int-1", Quarter));
        HistoryExtensions.AssertEqual(
            rows.Where(r => r.Level == FlowLevel.Approach).Skip(100).Take(90),
            await history.ReadAsync(FlowLevel.Approach, "int-1", "n", Minute, Evening + 100 * Minute, Evening + 190 * Minute));
        Assert.Empty(await history.ReadAsync(FlowLevel.Detector, "int-1", "other", Minute));
        Assert.Equal(
            ["catalog.db", "detector-2024-03-01.db", "detector-2024-03-02.db", "long-2024-03-01.db", "long-2024-03-02.db", "long-2024-03-03.db", "long-2024-03-04.db", "long-2024-03-05.db", "short-2024-03-01.db", "short-2024-03-02.db"],
            store.Files());
    }

    [Fact]
    public async Task Upsert_RevisionsInAnyOrder_KeepsTheHighest()
    {
        await using SqliteFixture store = new();
        FlowRow row = Row(0);
        store.Output.Append(store.Now, row, Row(1));
        store.Output.Append(store.Now, row with { Revision = 4, Volume = 40 });
        await store.Start().DeliveredAsync();
        store.Output.Append(store.Now, row with { Revision = 3, Volume = 30 }, row with { Revision = 2, Volume = 20 });
        await store.DeliveredAsync();

        using SqliteHistory history = store.History();
        Assert.Equal([40, 1], (await history.ReadAsync(FlowLevel.Detector, "i", "d", Minute)).Select(r => r.Volume!.Value));
    }

    [Fact]
    public async Task Store_CopiedWhileOpen_IsCompleteUpToItsCursor()
    {
        // What a crash leaves behind: the files as they are between two commits, journals included, nothing closed.
        await using SqliteFixture store = new();
        store.Output.Append(store.Now, [.. Enumerable.Range(0, 500).Select(Row)]);
        await store.Start().DeliveredAsync();
        await using SqliteFixture after = new();
        Directory.CreateDirectory(after.Directory);
        foreach (string file in Directory.EnumerateFiles(store.Directory).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(after.Directory, Path.GetFileName(file)));
        }

        Assert.NotEmpty(after.Files("*.db-wal"));
        using SqliteHistory history = after.History();

        Assert.Equal(500, (await history.ReadAsync(FlowLevel.Detector, "i", "d", Minute)).Count);
    }

    [Fact]
    public async Task File_DeletedBetweenRuns_IsRebuiltFromTheOutput()
    {
        await using SqliteFixture store = await TwoDaysAsync();
        await store.StopAsync();
        File.Delete(Path.Combine(store.Directory, "detector-2024-03-01.db"));

        await store.Start().DeliveredAsync();

        await AssertTwoDaysAsync(store);
    }

    [Fact]
    public async Task File_DeletedWhileOpen_IsRebuiltWithTheNextRows()
    {
        await using SqliteFixture store = await TwoDaysAsync();
        File.Delete(Path.Combine(store.Directory, "detector-2024-03-01.db"));
        File.Delete(Path.Combine(store.Directory, "detector-2024-03-01.db-wal"));
        store.Output.Append(store.Now, Row(0));

        await store.DeliveredAsync();

        await AssertTwoDaysAsync(store);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096 * 3)]
    public async Task File_DamagedBetweenRuns_IsSetAsideAndRebuilt(int offset)
    {
        await using SqliteFixture store = await TwoDaysAsync();
        await store.StopAsync();
        Damage(Path.Combine(store.Directory, "detector-2024-03-01.db"), offset);
        store.Output.Append(store.Now, Row(0));

        await store.Start().DeliveredAsync();

        await AssertTwoDaysAsync(store);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(store.Directory, "set-aside"), "*detector-2024-03-01.db"));
    }

    [Fact]
    public async Task File_WithoutItsLastCommits_IsSetAsideAndRebuilt()
    {
        // What SQLite makes of damage in a write-ahead log: the file as it was before.
        await using SqliteFixture store = new();
        store.Output.Append(store.Now, [.. Enumerable.Range(0, 120).Select(Row)]);
        await store.Start().DeliveredAsync();
        await store.StopAsync();
        string path = Path.Combine(store.Directory, "detector-2024-03-01.db");
        byte[] before = await File.ReadAllBytesAsync(path);
        store.Output.Append(store.Now + 1, [.. Enumerable.Range(120, 120).Select(Row), Row(1) with { Revision = 2, Volume = 77 }]);
        await store.Start().DeliveredAsync();
        await store.StopAsync();
        await File.WriteAllBytesAsync(path, before);

        await store.Start().DeliveredAsync();

        using SqliteHistory history = store.History();
        Assert.Equal([0, 77, 2], (await history.ReadAsync(FlowLevel.Detector, "i", "d", Minute)).Take(3).Select(r => r.Volume!.Value));
        Assert.Single(Directory.EnumerateFiles(Path.Combine(store.Directory, "set-aside"), "*detector-2024-03-01.db"));
    }

    [Fact]
    public async Task File_FoundDamagedByAReader_IsRebuilt()
    {
        await using SqliteFixture store = await TwoDaysAsync();
        await store.StopAsync();
        await store.Start().DeliveredAsync();
        Damage(Path.Combine(store.Directory, "detector-2024-03-01.db"), 4096 * 3);
        using SqliteHistory history = store.History();

        SqliteStoreException failure = await Assert.ThrowsAsync<SqliteStoreException>(() => history.ReadAsync(FlowLevel.Detector, "i", "d", Minute));

        Assert.True(failure.IsDamage);
        await TrafficCore.TestKit.Processes.Eventually.ReachesAsync(
            () => Task.FromResult(Directory.Exists(Path.Combine(store.Directory, "set-aside")) ? null : "not set aside"), TimeSpan.FromSeconds(10));
        await store.DeliveredAsync();
        await AssertTwoDaysAsync(store);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Catalog_LostOrDamaged_FilesAreTakenInAndTheOutputIsReadAgain(bool damaged)
    {
        await using SqliteFixture store = await TwoDaysAsync();
        await store.StopAsync();
        string catalog = Path.Combine(store.Directory, "catalog.db");
        if (damaged)
        {
            Damage(catalog, 0);
        }
        else
        {
            File.Delete(catalog);
        }

        store.Output.RetainFrom(MemoryOutput.Step); // the first record is no longer there: only the files have its rows
        Func<long> gaps = store.Meters.Count("trafficcore.storage.gaps");
        await store.Start().DeliveredAsync();

        await AssertTwoDaysAsync(store);
        Assert.Equal(0, gaps());
    }

    [Fact]
    public async Task Everything_Deleted_IsRebuiltAsFarAsTheOutputIsKept()
    {
        await using SqliteFixture store = await TwoDaysAsync();
        await store.StopAsync();
        Directory.Delete(store.Directory, recursive: true);
        store.Output.RetainFrom(MemoryOutput.Step);

        await store.Start().DeliveredAsync();

        using SqliteHistory history = store.History();
        Assert.Equal(120, (await history.ReadAsync(FlowLevel.Detector, "i", "d", Minute)).Count);
    }

    [Fact]
    public async Task Retention_FileWithoutRecentWrites_IsDeletedWithItsKind()
    {
        await using SqliteFixture store = new();
        FlowRow row = Row(0);
        store.Output.Append(store.Now, row, row with { Level = FlowLevel.Approach }, row with { Level = FlowLevel.Approach, Length = Quarter });
        store.Output.Append(new RejectedPayload(store.Now, "too-old", "int-1", "detector", "d-1", "", default));
        await store.Start().DeliveredAsync();
        Assert.Equal(5, store.Files().Length);
        await store.StopAsync();

        // The rows are of 2024 and were written now: it is the write that ages, so that a back-fill is not deleted on arrival.
        await store.RunAtAsync(TimeSpan.FromDays(6));
        Assert.Equal(5, store.Files().Length);
        await store.RunAtAsync(TimeSpan.FromDays(8));
        Assert.Equal(["catalog.db", "long-2024-03-01.db", "short-2024-03-01.db"], store.Files().Where(file => !file.StartsWith("quarantine", StringComparison.Ordinal)));
        await store.RunAtAsync(TimeSpan.FromDays(31));
        Assert.Equal(["catalog.db", "long-2024-03-01.db"], store.Files());
        await store.RunAtAsync(TimeSpan.FromDays(401));
        Assert.Equal(["catalog.db"], store.Files());
    }

    [Fact]
    public async Task Output_BegunAnew_IsReadFromItsStart()
    {
        await using SqliteFixture store = await TwoDaysAsync();
        await store.StopAsync();
        await using SqliteFixture other = new() { Directory = store.Directory };
        await other.StopAsync();
        other.Output.Append(other.Now, Row(300));

        await other.Start().DeliveredAsync();

        using SqliteHistory history = other.History();
        Assert.Equal(241, (await history.ReadAsync(FlowLevel.Detector, "i", "d", Minute)).Count);
    }

    private static async Task<SqliteFixture> TwoDaysAsync()
    {
        SqliteFixture store = new();
        store.Output.Append(store.Now, [.. Enumerable.Range(0, 120).Select(Row)]);
        store.Output.Append(store.Now, [.. Enumerable.Range(120, 120).Select(Row)]);
        await store.Start().DeliveredAsync();
        return store;
    }

    private static async Task AssertTwoDaysAsync(SqliteFixture store)
    {
        using SqliteHistory history = store.History();
        HistoryExtensions.AssertEqual(Enumerable.Range(0, 240).Select(Row), await history.ReadAsync(FlowLevel.Detector, "i", "d", Minute));
    }

    private static FlowRow Row(int i) => new()
    {
        Level = FlowLevel.Detector, Intersection = "i", Id = "d", Start = Evening + i * Minute, Length = Minute, Revision = 1, Volume = i,
    };

    private static void Damage(string path, int offset)
    {
        using FileStream file = new(path, FileMode.Open);
        file.Position = offset;
        byte[] garbage = new byte[Math.Min(8192, (int)(file.Length - offset))];
        new Random(1).NextBytes(garbage);
        file.Write(garbage);
    }
}
