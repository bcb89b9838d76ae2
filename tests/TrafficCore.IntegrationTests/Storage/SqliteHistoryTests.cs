using TrafficCore.Storage.History;
using TrafficCore.Storage.Sqlite;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.IntegrationTests.Storage;

public sealed class SqliteHistoryTests
{
    private const long Minute = SqliteFixture.Minute;
    private const long Quarter = SqliteFixture.Quarter;
    private const long Hour = 4 * Quarter;

    // 2024-10-25T00:00Z, two days before the clocks go back in Berlin.
    private const long Begin = 1_729_814_400_000;

    [Fact]
    public async Task Rows_AnyMultiple_EqualsTheSumOfItsParts()
    {
        await using SqliteFixture store = new();
        FlowRow[] minutes = [.. Enumerable.Range(0, 2_000).Where(i => i % 17 != 0).Select(i => Detector(Begin + i * Minute, Minute, volume: i % 30))];
        FlowRow[] quarters = [.. Enumerable.Range(0, 134).Select(i => Detector(Begin + i * Quarter, Quarter, volume: i * 3))];
        store.Output.Append(store.Now, [.. minutes, .. quarters]);
        await store.Start().DeliveredAsync();
        using SqliteHistory history = store.History();

        await AssertSums(history, minutes, 5 * Minute);
        await AssertSums(history, minutes, 7 * Minute);
        await AssertSums(history, quarters, Hour);
        await AssertSums(history, quarters, 48 * Hour);
    }

    [Fact]
    public async Task Rows_DayAcrossTheEndOfSummerTime_Has25Hours()
    {
        await using SqliteFixture store = new();
        store.Output.Append(store.Now, [.. Enumerable.Range(0, 4 * 24 * 4).Select(i => Detector(Begin + i * Quarter, Quarter, volume: 1))]);
        await store.Start().DeliveredAsync();
        using SqliteHistory history = store.History();
        FlowWindow day = new(0, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));

        List<FlowRow> days = await history.Rows(new FlowQuery(FlowLevel.Detector, "i", "d", day, Begin, Begin + 95 * Hour)).Rows.ToListAsync();

        Assert.Equal([Begin + 22 * Hour, Begin + 46 * Hour, Begin + 71 * Hour], days.Select(row => row.Start));
        Assert.Equal([24 * Hour, 25 * Hour, 24 * Hour], days.Select(row => row.Length));
        Assert.Equal([24 * 4, 25 * 4, 24 * 4], days.Select(row => (int)row.Volume!.Value));
    }

    [Fact]
    public async Task Rows_SummedWindowThatHasNotEnded_IsLeftOut()
    {
        await using SqliteFixture store = new();
        store.Output.Append(store.Now, [.. Enumerable.Range(0, 7).Select(i => Detector(Begin + i * Quarter, Quarter, volume: 1))]);
        await store.Start().DeliveredAsync();
        using SqliteHistory history = store.History(new ShiftedTime(DateTimeOffset.FromUnixTimeMilliseconds(Begin + 2 * Hour - Minute) - DateTimeOffset.UtcNow));

        Assert.Equal([Begin], (await history.ReadAsync(FlowLevel.Detector, "i", "d", Hour)).Select(row => row.Start));
        Assert.Equal(7, (await history.ReadAsync(FlowLevel.Detector, "i", "d", Quarter)).Count);
    }

    [Fact]
    public async Task Rows_SummedIntersection_IsAsGoodAsItsWorstApproach()
    {
        await using SqliteFixture store = new();
        for (int i = 0; i < 8; i++)
        {
            long start = Begin + i * Quarter;
            store.Output.Append(
                store.Now,
                Service(FlowLevel.Approach, "n", start, ratio: 900, los: 1),
                Service(FlowLevel.Approach, "s", start, ratio: i < 4 ? 450 : 200, los: i < 4 ? 4 : 6),
                Service(FlowLevel.Intersection, "i", start, ratio: 600, los: i < 4 ? 4 : 6));
        }

        await store.Start().DeliveredAsync();
        using SqliteHistory history = store.History();

        List<FlowRow> hours = await history.ReadAsync(FlowLevel.Intersection, "i", "i", Hour);

        Assert.Equal(["D", "F"], hours.Select(row => row.LevelOfService!));
        Assert.Equal(["A", "A"], (await history.ReadAsync(FlowLevel.Approach, "i", "n", Hour)).Select(row => row.LevelOfService!));
    }

    [Fact]
    public async Task Latest_SeriesThatEndedEarlier_IsFoundInOlderFiles()
    {
        await using SqliteFixture store = new();
        store.Output.Append(store.Now, Service(FlowLevel.Intersection, "old", Begin, 500, 3) with { Intersection = "old" });
        for (int i = 0; i < 4; i++)
        {
            store.Output.Append(store.Now, Service(FlowLevel.Intersection, "i", Begin + i * 8 * Hour, 500, 3));
        }

        await store.Start().DeliveredAsync();
        using SqliteHistory history = store.History();

        Assert.Equal(Begin, (await history.LatestAsync(FlowLevel.Intersection, "old", "old", Quarter))!.Start);
        Assert.Equal(Begin + 24 * Hour, (await history.LatestAsync(FlowLevel.Intersection, "i", "i", Quarter))!.Start);
        Assert.Null(await history.LatestAsync(FlowLevel.Intersection, "i", "i", Minute));
        Assert.Equal(["i"], (await history.LatestOfAllAsync(Quarter, TimeSpan.FromHours(23))).Select(row => row.Id));
        Assert.Equal(
            [("i", Begin + 24 * Hour), ("old", Begin)],
            (await history.LatestOfAllAsync(Quarter, TimeSpan.FromHours(24))).Select(row => (row.Id, row.Start)));
    }

    [Fact]
    public async Task Rows_NoStoreYet_AreEmpty()
    {
        await using SqliteFixture store = new();
        using SqliteHistory history = store.History();

        Assert.Empty(await history.ReadAsync(FlowLevel.Detector, "i", "d", Minute));
        Assert.Null(await history.LatestAsync(FlowLevel.Detector, "i", "d", Minute));
        Assert.Equal(FlowProblem.WindowNotStored, history.Rows(new FlowQuery(FlowLevel.Detector, "i", "d", new FlowWindow(1), 0, 1)).Problem);
    }

    private static async Task AssertSums(SqliteHistory history, FlowRow[] parts, long window)
    {
        var expected = parts.GroupBy(row => row.Start / window * window).OrderBy(group => group.Key)
            .Select(group => (group.Key, group.Sum(row => row.Volume), group.Sum(row => row.ObservedMs), group.Sum(row => row.SpeedWeighted)));

        List<FlowRow> sums = await history.ReadAsync(FlowLevel.Detector, "i", "d", window, Begin / window * window);

        Assert.Equal(expected, sums.Select(row => (row.Start, row.Volume, row.ObservedMs, row.SpeedWeighted)));
        Assert.All(sums, row => Assert.Equal(window, row.Length));
    }

    private static FlowRow Detector(long start, long length, long volume) => new()
    {
        Level = FlowLevel.Detector, Intersection = "i", Id = "d", Start = start, Length = length, Revision = 1, Readings = 1, Volume = volume,
        ObservedMs = length, ExpectedMs = length, SpeedWeighted = volume * 4_321, SpeedVehicles = volume, Health = RowHealth.Ok,
    };

    private static FlowRow Service(FlowLevel level, string id, long start, int ratio, int los) => new()
    {
        Level = level, Intersection = "i", Id = id, Start = start, Length = Quarter, Revision = 1, Volume = 10, SpeedWeighted = 10 * ratio * 5L,
        SpeedVehicles = 10, SpeedRatioMilli = ratio, ServiceLevel = los, LevelMethod = "hcm7-speed-ratio",
    };
}
