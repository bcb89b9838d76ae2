using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;
using TrafficCore.Storage.Sqlite;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.IntegrationTests.Storage;

public sealed class SqliteObservationTests
{
    private const long Minute = SqliteFixture.Minute;

    // 2024-03-01T22:00Z: observations on both sides of midnight.
    private const long Evening = 1_709_330_400_000;

    [Fact]
    public async Task Observations_Delivered_ReadBackValueByValue()
    {
        Observation[] observations = [.. Make(200)];
        await using SqliteFixture store = await DeliveredAsync(observations);

        using SqliteHistory history = store.History();
        foreach (IGrouping<(ObservationKind, string, string), Observation> series in observations.GroupBy(o => (o.Kind, o.Intersection, o.Device)))
        {
            Assert.Equal(series.OrderBy(o => o.Timestamp), await ReadAsync(history, series.Key));
        }

        Assert.Equal(
            observations.Where(o => o.Kind == ObservationKind.Parking && o.Device == "1" && o.Timestamp >= Evening + (100 * Minute) && o.Timestamp < Evening + (160 * Minute)),
            await ReadAsync(history, (ObservationKind.Parking, "int-1", "1"), Evening + (100 * Minute), Evening + (160 * Minute)));
        Assert.Empty(await ReadAsync(history, (ObservationKind.Parking, "int-1", "other")));
        Assert.Equal(["catalog.db", "environment-2024-03-01.db", "environment-2024-03-02.db", "parking-2024-03-01.db", "parking-2024-03-02.db"], store.Files());
    }

    [Fact]
    public async Task Observations_DeliveredTwice_ChangeNothing()
    {
        Observation[] observations = [.. Make(60)];
        await using SqliteFixture store = await DeliveredAsync(observations);
        Func<long> written = store.Meters.Count("trafficcore.storage.written");
        Func<long> repeated = store.Meters.Count("trafficcore.storage.repeated");

        store.Output.AppendEach(store.Now, [.. observations.Reverse()]);
        await store.DeliveredAsync();

        Assert.Equal((0, observations.Length), (written(), repeated()));
        using SqliteHistory history = store.History();
        Assert.Equal(
            observations.Where(o => o.Kind == ObservationKind.Environment && o.Device == "1"),
            await ReadAsync(history, (ObservationKind.Environment, "int-1", "1")));
    }

    [Fact]
    public async Task Observations_OfOneInstant_ArePutTogetherAndTheLaterValueStays()
    {
        // Only a device without a clock can do this: two observations in one millisecond of the service.
        await using SqliteFixture store = await DeliveredAsync(
            Weather(new ObservedValues { [0] = 1, [1] = 2 }), Weather(new ObservedValues { [1] = 3 }), Weather(new ObservedValues { [3] = 4 }));

        using SqliteHistory history = store.History();
        Assert.Equal([Weather(new ObservedValues { [0] = 1, [1] = 3, [3] = 4 })], await ReadAsync(history, (ObservationKind.Environment, "i", "w")));

        static Observation Weather(ObservedValues values) => new(ObservationKind.Environment, "i", "w", Evening, values);
    }

    [Fact]
    public async Task Range_WithMoreThanOneAnswerMayHold_IsNoAnswer()
    {
        await using SqliteFixture store = await DeliveredAsync([.. Make(200)]);
        store.Options.MaxRows = 199;

        using SqliteHistory history = store.History();
        ObservationAnswer answer = await history.ObservationsAsync(new ObservationQuery(ObservationKind.Parking, "int-1", "1", 0, long.MaxValue));
        Assert.Equal((FlowProblem.RangeTooLong, 0), (answer.Problem, answer.Rows.Count));
        Assert.StartsWith("from: ", answer.Detail, StringComparison.Ordinal);
        Assert.Equal(199, (await ReadAsync(history, (ObservationKind.Parking, "int-1", "1"), Evening + 1)).Count);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("damaged")]
    [InlineData("catalog lost")]
    public async Task File_LostOrDamaged_IsRebuiltFromTheOutput(string trouble)
    {
        Observation[] observations = [.. Make(200)];
        await using SqliteFixture store = await DeliveredAsync(observations);
        await store.StopAsync();
        string file = Path.Combine(store.Directory, trouble == "catalog lost" ? "catalog.db" : "environment-2024-03-01.db");
        if (trouble == "damaged")
        {
            File.WriteAllBytes(file, [.. Enumerable.Repeat((byte)0xA5, 9000)]);
        }
        else
        {
            File.Delete(file);
        }

        await store.Start().DeliveredAsync();

        using SqliteHistory history = store.History();
        Assert.Equal(
            observations.Where(o => o.Kind == ObservationKind.Environment && o.Device == "1"),
            await ReadAsync(history, (ObservationKind.Environment, "int-1", "1")));
    }

    [Fact]
    public async Task Retention_FileWithoutRecentWrites_IsDeletedAfterThirtyDays()
    {
        await using SqliteFixture store = await DeliveredAsync([.. Make(2)]);
        await store.StopAsync();

        await store.RunAtAsync(TimeSpan.FromDays(29));
        Assert.Equal(3, store.Files().Length);
        await store.RunAtAsync(TimeSpan.FromDays(31));
        Assert.Equal(["catalog.db"], store.Files());
    }

    [Fact]
    public async Task Delivery_OfRowsPayloadsAndObservations_KeepsThemApart()
    {
        await using SqliteFixture store = new();
        store.Output.Append(store.Now, new RandomRows(3).Next(Traffic.Windows.FlowLevel.Detector, "int-1", "1", Evening, Minute));
        store.Output.AppendEach(store.Now, [.. Make(1)]);
        store.Output.Append(new RejectedPayload(store.Now, "no-value", "int-1", "environment", "1", "", "{}"u8.ToArray()));
        await store.Start().DeliveredAsync();

        using SqliteHistory history = store.History();
        Assert.Single(await history.ReadAsync(Traffic.Windows.FlowLevel.Detector, "int-1", "1", Minute));
        Assert.Single(await ReadAsync(history, (ObservationKind.Environment, "int-1", "1")));
        QuarantinePage refused = await history.QuarantineAsync(new QuarantineQuery(QuarantinePlace.Before(0), long.MaxValue, "no-value", 10));
        Assert.Equal("environment", Assert.Single(await refused.Rejected.ToListAsync()).Rejected.Kind);
    }

    private static async Task<SqliteFixture> DeliveredAsync(params Observation[] observations)
    {
        SqliteFixture store = new();
        store.Output.AppendEach(store.Now, observations);
        await store.Start().DeliveredAsync();
        return store;
    }

    // One a minute and device; two devices of each kind.
    private static IEnumerable<Observation> Make(int minutes)
    {
        RandomObservations random = new(seed: 5);
        for (int i = 0; i < minutes; i++)
        {
            foreach (string device in (string[])["1", "it's"])
            {
                yield return random.Next(ObservationKind.Environment, "int-1", device, Evening + (i * Minute));
                yield return random.Next(ObservationKind.Parking, "int-1", device, Evening + (i * Minute));
            }
        }
    }

    private static async Task<IReadOnlyList<Observation>> ReadAsync(
        SqliteHistory history, (ObservationKind Kind, string Intersection, string Device) series, long from = 0, long to = long.MaxValue)
    {
        ObservationAnswer answer = await history.ObservationsAsync(new ObservationQuery(series.Kind, series.Intersection, series.Device, from, to));
        Assert.Equal(FlowProblem.None, answer.Problem);
        return answer.Rows;
    }
}
