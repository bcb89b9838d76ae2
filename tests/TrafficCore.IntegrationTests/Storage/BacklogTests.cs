using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.Influx;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.IntegrationTests.Storage;

/// <summary>A database that was away for longer than the log kept its output gets everything from the embedded store.</summary>
public sealed class BacklogTests
{
    private const long Begin = 1_709_330_400_000;
    private const long Day = 86_400_000;

    [Fact]
    public async Task Gap_OfAWeek_IsRefilledFromTheStoreAndDeliveryGoesOnBehindIt()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using SqliteFixture store = new();
        await using InfluxFixture influx = new(InfluxFixture.For(server), store.Output, store.Refill);
        FlowRow before = Row("before", Begin, 1);
        store.Output.Append(store.Now, before);
        await influx.Start().DeliveredAsync();

        server.Token = "other";
        FlowRow[] week = [.. Enumerable.Range(0, 12_000).Select(i => Row($"d{i % 13}", Begin + (i * 51_000L), 1) with { Level = (FlowLevel)((i % 3) + 1) })];
        Assert.All(week.Chunk(200), chunk => store.Output.Append(store.Now, chunk));
        Observation[] observations = [.. Enumerable.Range(0, 50).Select(i => new RandomObservations(i).Next(ObservationKind.Parking, "int-1", "p", Begin + i))];
        store.Output.AppendEach(store.Now, observations);
        store.Output.Append(store.Now, Decision());
        store.Output.Append(store.Now, Index());
        FlowRow revised = Row("before", Begin, 2) with { Volume = null, FlowRateMilli = null };
        store.Output.Append(store.Now, revised);
        long lost = store.Output.DurableEnd;
        await store.Start().DeliveredAsync();
        await TroubleAsync(influx);

        // What the sink has in its hands is not lost; the rest is gone.
        store.Output.RetainFrom(lost);
        FlowRow after = Row("after", Begin + (8 * Day), 1);
        store.Output.Append(store.Now, after, week[7] with { Revision = 2, Volume = 999 });
        server.Token = "secret";
        await influx.DeliveredAsync();

        AssertStored([.. week[..7], .. week[8..], week[7] with { Revision = 2, Volume = 999 }, revised, after], server);
        Assert.Equal(observations.Length, server.Points.Count(p => p.Key.Series.StartsWith("parking,", StringComparison.Ordinal)));
        Assert.Single(server.Points, p => p.Key.Series.StartsWith("board_message,", StringComparison.Ordinal));
        Assert.Single(server.Points, p => p.Key.Series.StartsWith("city_index,", StringComparison.Ordinal));
        Assert.InRange(influx.Sink.RefilledRows, week.Length, week.Length + 100);
        Assert.InRange(influx.Sink.SkippedBytes, 1, lost);
        Assert.Equal((null, new SinkLag(0, 0, 0)), (influx.Sink.Trouble, influx.Sink.Lag));
    }

    [Fact]
    public async Task Refill_StoppedHalfway_BeginsAgainAfterTheStart()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using SqliteFixture store = new();
        await using InfluxFixture influx = new(InfluxFixture.For(server), store.Output, store.Refill);
        influx.Options.BatchPoints = 100;
        FlowRow[] rows = [.. Enumerable.Range(0, 1_000).Select(i => Row("d", Begin + (i * 60_000L), 1))];
        store.Output.Append(store.Now, rows);
        await store.Start().DeliveredAsync();
        store.Output.RetainFrom(store.Output.DurableEnd);
        for (int i = 0; i < 3; i++)
        {
            server.Next(server.Answer);
        }

        server.Next(request =>
        {
            server.Token = "other";
            return server.Answer(request);
        });
        influx.Start();
        await TroubleAsync(influx);

        Assert.Equal(0, influx.Sink.Cursor);
        server.Token = "secret";
        await influx.RestartAsync();
        await influx.DeliveredAsync();

        AssertStored(rows, server);
        Assert.Equal(rows.Length, influx.Sink.RefilledRows);
    }

    [Fact]
    public async Task Refill_StoreThatIsBehind_IsWaitedFor()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using SqliteFixture store = new();
        await using InfluxFixture influx = new(InfluxFixture.For(server), store.Output, store.Refill);
        FlowRow row = Row("d", Begin, 1);
        store.Output.Append(store.Now, row);
        await store.Start().DeliveredAsync();
        await store.StopAsync();
        store.Output.Append(store.Now, Row("e", Begin, 1));
        store.Output.RetainFrom(store.Output.DurableEnd);
        influx.Start();
        await Eventually.ReachesAsync(
            () => Task.FromResult(influx.Sink.Trouble?.Contains("embedded store", StringComparison.Ordinal) == true ? null : influx.Sink.Trouble ?? "no trouble"), TimeSpan.FromSeconds(20));

        Assert.Empty(server.Points);
        await store.Start().DeliveredAsync();
        await influx.DeliveredAsync();

        AssertStored([row], server);
    }

    [Fact]
    public async Task Gap_ThatARefillBeforeItCovers_IsNotRefilledAgain()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using SqliteFixture store = new();
        await using InfluxFixture influx = new(InfluxFixture.For(server), store.Output, store.Refill);
        for (int i = 0; i < 3; i++)
        {
            store.Output.Append(store.Now, Row($"d{i}", Begin, 1));
        }

        await store.Start().DeliveredAsync();
        store.Output.RetainFrom(MemoryOutput.Step);
        store.Output.Damage(2 * MemoryOutput.Step);
        await influx.Start().DeliveredAsync();

        Assert.Equal((3L, 2 * MemoryOutput.Step), (influx.Sink.RefilledRows, influx.Sink.SkippedBytes));
        AssertStored([Row("d0", Begin, 1), Row("d1", Begin, 1), Row("d2", Begin, 1)], server);
    }

    [Fact]
    public async Task Server_ThatDoesNotAnswer_IsTriedAgainAndHoldsUpNobodyElse()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using SqliteFixture store = new();
        await using InfluxFixture influx = new(InfluxFixture.For(server), store.Output, store.Refill);
        influx.Options.Timeout = TimeSpan.FromSeconds(2);
        server.Next(_ => InfluxAnswer.None);
        Func<long> retries = influx.Meters.Count("trafficcore.storage.retries");
        store.Output.Append(store.Now, Row("d", Begin, 1));
        influx.Start();
        await store.Start().DeliveredAsync();
        await influx.DeliveredAsync();

        AssertStored([Row("d", Begin, 1)], server);
        Assert.True(retries() > 0);
    }

    [Fact]
    public async Task Lag_WhileTheServerRefuses_IsToldInRecordsAndSeconds()
    {
        await using InfluxDouble server = new InfluxDouble { Token = "other" }.Start();
        await using SqliteFixture store = new();
        await using InfluxFixture influx = new(InfluxFixture.For(server), store.Output, store.Refill);
        influx.Options.Token = "secret";
        Func<long> records = influx.Meters.Observe("trafficcore.storage.lag.records");
        store.Output.Append(store.Now - 60_000, Row("d0", Begin, 1));
        influx.Start();
        await TroubleAsync(influx);
        store.Output.Append(store.Now, Row("d1", Begin, 1));
        store.Output.Append(store.Now, Row("d2", Begin, 1));

        SinkLag lag = influx.Sink.Lag;
        Assert.Equal((3 * MemoryOutput.Step, 3L, 3L), (lag.Bytes, lag.Records, records()));
        Assert.InRange(lag.Seconds, 59, 120);

        server.Token = "secret";
        await influx.DeliveredAsync();
        Assert.Equal((0L, 0L), (influx.Sink.Lag.Records, records()));
    }

    [Fact]
    public async Task Influx1_AwayForLongerThanTheLogKept_HasEveryRowAfterwards()
    {
        await using DatabaseProcess? server = await DatabaseProcess.TryStartInfluxAsync();
        Assert.SkipWhen(server is null, "influxd is not installed");
        await using SqliteFixture store = new();
        await using InfluxFixture influx = new(new InfluxOptions { Url = server.Url, Api = InfluxApi.V1, Token = "user:password" }, store.Output, store.Refill);
        RandomRows random = new(seed: 12);
        FlowRow[] rows = [.. Enumerable.Range(0, 4_000).Select(i => random.Next((FlowLevel)((i % 3) + 1), $"int-{i % 5}", $"id-{i % 4}", Begin + (i * 60_000L), 60_000))];
        Assert.All(rows[..3_900].Chunk(100), chunk => store.Output.Append(store.Now, chunk));
        influx.Start();
        await TroubleAsync(influx); // there is no database yet
        await store.Start().DeliveredAsync();
        store.Output.RetainFrom(store.Output.DurableEnd);
        Assert.All(rows[3_900..].Chunk(100), chunk => store.Output.Append(store.Now, chunk));

        await server.PostAsync("/query", "q", "CREATE DATABASE traffic");
        await influx.DeliveredAsync();

        await RealDatabaseTests.AssertStoredAsync(rows, server);
        Assert.Equal("", influx.DeadLetters);
    }

    private static Task TroubleAsync(InfluxFixture influx) =>
        Eventually.ReachesAsync(() => Task.FromResult(influx.Sink.Trouble is null ? "no trouble" : null), TimeSpan.FromSeconds(20));

    private static FlowRow Row(string id, long start, int revision) => new()
    {
        Level = FlowLevel.Detector, Intersection = "i", Id = id, Start = start, Length = 60_000, Revision = revision, Readings = 1, Expected = 1, ExpectedMs = 60_000,
        ObservedMs = 60_000, Volume = 5, FlowRateMilli = 300_000, Health = RowHealth.Ok,
    };

    private static BoardDecisionRecord Decision() => new("int-1", "b-1", Begin, "m", "[jp3]X", 5, "r", "commanded", null, null, "{}");

    private static CityIndexRow Index() => new()
    {
        City = "t", Start = Begin, Length = 60_000, Revision = 1, Index = new CongestionIndex(1_000, 1_000, 1_000_000),
        Lengths = new LevelLengths(1_000, 1_000, 1_000, 1_000, 4_000), Approaches = 2, NetworkLength = 10_000, NetworkVersion = 1,
    };

    private static void AssertStored(IEnumerable<FlowRow> rows, InfluxDouble server)
    {
        IReadOnlyDictionary<(string Series, long Timestamp), Dictionary<string, object>> points = server.Points;
        foreach (FlowRow row in rows)
        {
            LinePoint point = new(PointOf.Measurement(row), PointOf.Tags(row), PointOf.Fields(row), row.Start);
            Assert.Equal(point.Fields, points[(point.Series, row.Start)]);
        }
    }
}
