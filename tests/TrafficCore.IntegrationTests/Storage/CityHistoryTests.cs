using System.Text.Json;
using TrafficCore.Storage.History;
using TrafficCore.Storage.Influx;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Service;

namespace TrafficCore.IntegrationTests.Storage;

/// <summary>The city's index on its way to SQLite and to a real InfluxDB.</summary>
public sealed class CityHistoryTests
{
    private const long Minute = SqliteFixture.Minute;
    private const long Quarter = SqliteFixture.Quarter;

    // Half an hour before midnight UTC, so that two days' files are written.
    private const long Evening = 1_709_335_800_000;

    [Fact]
    public async Task Sqlite_Rows_ReadBackValueByValueInOrderAndOfTheirLength()
    {
        await using SqliteFixture store = new();
        CityIndexRow[] minutes = [.. Enumerable.Range(0, 60).Select(i => Row(Evening + (i * Minute), Minute, i))];
        CityIndexRow[] quarters = [.. Enumerable.Range(0, 4).Select(i => Row(Evening + (i * Quarter), Quarter, i))];
        foreach (CityIndexRow row in minutes.Concat(quarters).Reverse())
        {
            store.Output.Append(store.Now, row);
        }

        await store.Start().DeliveredAsync();

        using var history = store.History();
        Assert.Equal(minutes, await ReadAsync(history, Minute));
        Assert.Equal(quarters, await ReadAsync(history, Quarter));
        Assert.Equal(minutes[29..31], await ReadAsync(history, Minute, minutes[29].Start, minutes[31].Start));
        Assert.Empty(await ReadAsync(history, 10 * Minute));
        Assert.Equal(["catalog.db", "city-2024-03-01.db", "city-2024-03-02.db"], store.Files());
    }

    [Fact]
    public async Task Sqlite_RevisionsInAnyOrder_KeepTheHighest()
    {
        await using SqliteFixture store = new();
        CityIndexRow row = Row(Evening, Minute, 1);
        store.Output.Append(store.Now, row with { Revision = 2, City = "Other", NetworkVersion = 2 });
        store.Output.Append(store.Now, row);
        await store.Start().DeliveredAsync();
        store.Output.Append(store.Now, row with { Revision = 4, Approaches = 99 });
        store.Output.Append(store.Now, row with { Revision = 3 });
        await store.DeliveredAsync();

        using var history = store.History();
        Assert.Equal([row with { Revision = 4, Approaches = 99 }], await ReadAsync(history, Minute));
    }

    [Fact]
    public async Task Sqlite_FileOfADayIsLost_IsRebuiltFromTheOutput_AndGoesByAge()
    {
        await using SqliteFixture store = new();
        CityIndexRow[] rows = [.. Enumerable.Range(0, 60).Select(i => Row(Evening + (i * Minute), Minute, i))];
        Array.ForEach(rows, row => store.Output.Append(store.Now, row));
        await store.Start().DeliveredAsync();
        await store.StopAsync();
        File.Delete(Path.Combine(store.Directory, "city-2024-03-02.db"));
        await store.Start().DeliveredAsync();
        using (var history = store.History())
        {
            Assert.Equal(rows, await ReadAsync(history, Minute));
        }

        await store.StopAsync();
        await store.RunAtAsync(store.Options.KeepCity + TimeSpan.FromDays(1));
        Assert.Equal(["catalog.db"], store.Files());
    }

    [Fact]
    public async Task Sqlite_RangeOfMoreThanOneAnswer_IsAProblemOfFrom()
    {
        await using SqliteFixture store = new();
        store.Options.MaxRows = 3;
        Array.ForEach([0, 1, 2, 3], i => store.Output.Append(store.Now, Row(Evening + (i * Minute), Minute, i)));
        await store.Start().DeliveredAsync();
        using var history = store.History();
        CityIndexAnswer answer = await history.IndexAsync(new CityIndexQuery(Minute, 0, long.MaxValue));
        Assert.Equal((FlowProblem.RangeTooLong, "from: the range holds more than 3 windows"), (answer.Problem, answer.Detail));
        Assert.Equal(3, (await ReadAsync(history, Minute, Evening + Minute)).Count);
    }

    [Fact]
    public async Task Influx_RowsAndCorrections_AreOnePointAWindow()
    {
        await using DatabaseProcess? server = await DatabaseProcess.TryStartInfluxAsync();
        Assert.SkipWhen(server is null, "influxd is not installed");
        await server.PostAsync("/query", "q", "CREATE DATABASE traffic");
        await using InfluxFixture influx = new(new InfluxOptions { Url = server.Url, Api = InfluxApi.V1, Token = "user:password" });
        CityIndexRow row = Row(Evening, Quarter, 1) with { City = "武汉, \"north\" bank" };
        influx.Output.Append(Evening, row);
        influx.Output.Append(Evening, row with { Revision = 2, Index = new CongestionIndex(8_333, 750_000, 4_000_000) });
        influx.Output.Append(Evening, Row(Evening, Minute, 3));
        influx.Start();
        await influx.DeliveredAsync();
        influx.Output.Append(Evening, row with { Revision = 3, Index = new CongestionIndex(2_000, 300_000, 1_428_571) });
        await influx.DeliveredAsync();

        string query = "SELECT tpi, tti, dtp, level, congested_share, share_1, share_5, approaches, coverage, method, network_version, revision FROM city_index GROUP BY city, \"window\"";
        using var answer = JsonDocument.Parse(await server.GetAsync($"/query?db=traffic&epoch=ms&q={Uri.EscapeDataString(query)}"));
        JsonElement[] series = [.. answer.RootElement.GetProperty("results")[0].GetProperty("series").EnumerateArray().OrderBy(s => s.GetProperty("tags").GetProperty("window").GetString(), StringComparer.Ordinal)];
        Assert.Equal(["60s", "900s"], series.Select(s => s.GetProperty("tags").GetProperty("window").GetString()));
        Assert.Equal("武汉, \"north\" bank", series[1].GetProperty("tags").GetProperty("city").GetString());
        Assert.Equal($"[[{Evening},2,1.428571,0.3,2,0.75,0.125,0.5,3,0.8,\"gbt33171-2016-annex-c-dtp\",1,3]]", series[1].GetProperty("values").GetRawText());
    }

    private static async Task<IReadOnlyList<CityIndexRow>> ReadAsync(ICityHistory history, long window, long from = 0, long to = long.MaxValue)
    {
        CityIndexAnswer answer = await history.IndexAsync(new CityIndexQuery(window, from, to));
        Assert.Equal(FlowProblem.None, answer.Problem);
        return answer.Rows;
    }

    private static CityIndexRow Row(long start, long length, int index) => new()
    {
        City = "Test City", Start = start, Length = length, Revision = 1, Index = new CongestionIndex(index * 100, index * 1_000, 1_000_000 + ((long)index << 40)),
        Lengths = new LevelLengths(1_000, 1_000, 1_000, 1_000, 4_000 + (index == 1 ? 0 : index)), Approaches = 2 + index, NetworkLength = 10_000, NetworkVersion = 1,
    };
}
