using System.Globalization;
using TrafficCore.Storage.Influx;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.IntegrationTests.Storage;

public sealed class InfluxV2Tests
{
    private const long Begin = 1_709_330_400_000;

    [Fact]
    public async Task Rows_Delivered_AreStoredValueByValue()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using InfluxFixture influx = new(InfluxFixture.For(server));
        RandomRows random = new(seed: 3);
        FlowRow[] rows = [.. Enumerable.Range(0, 12_000).Select(i => random.Next((FlowLevel)(i % 3 + 1), $"int-{i % 5}", $"id-{i % 11}", Begin + i * 60_000L, 60_000))];
        foreach (FlowRow[] record in rows.Chunk(100))
        {
            influx.Output.Append(1, record);
        }

        await influx.Start().DeliveredAsync();

        AssertStored(rows, server);
        Assert.All(server.Requests, request => Assert.Equal(204, request.Status));
        Assert.InRange(server.Requests.Count, 3, 20);
    }

    [Fact]
    public async Task Cursor_AfterARestart_ContinuesWhereItStood()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using InfluxFixture influx = new(InfluxFixture.For(server));
        await influx.Start().DeliverAsync(Row("a"));
        await influx.RestartAsync();

        await influx.DeliverAsync(Row("b"));

        Assert.Equal(2, server.Requests.Count);
        AssertStored([Row("a"), Row("b")], server);
    }

    [Theory]
    [InlineData(429, "Retry-After: 1")]
    [InlineData(503, "Retry-After: 1")]
    [InlineData(503, "X-None: 1")]
    [InlineData(500, "X-None: 1")]
    [InlineData(403, "X-None: 1")]
    [InlineData(404, "X-None: 1")]
    public async Task Answer_ThatAsksToComeBack_IsObeyedAndNothingIsLost(int status, string header)
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using InfluxFixture influx = new(InfluxFixture.For(server));
        server.Next(_ => InfluxAnswer.Error(status, "unavailable", "come back later", header));
        long began = TimeProvider.System.GetTimestamp();

        await influx.Start().DeliverAsync(Row("a"));

        Assert.Equal([status, 204], server.Requests.Select(request => request.Status));
        Assert.Equal(header.StartsWith("Retry", StringComparison.Ordinal), TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(950));
        Assert.Null(influx.Sink.Trouble);
        AssertStored([Row("a")], server);
    }

    [Fact]
    public async Task RetryAfter_AsADate_IsObeyed()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using InfluxFixture influx = new(InfluxFixture.For(server));
        DateTimeOffset until = DateTimeOffset.UtcNow.AddSeconds(2);
        server.Next(_ => InfluxAnswer.Error(429, "too many requests", "org is over its limit", $"Retry-After: {until.ToString("R", CultureInfo.InvariantCulture)}"));

        await influx.Start().DeliverAsync(Row("a"));

        Assert.True(DateTimeOffset.UtcNow >= until.AddSeconds(-1));
        AssertStored([Row("a")], server);
    }

    [Fact]
    public async Task Token_WrongUntilPutRight_IsReportedAndNothingIsLost()
    {
        await using InfluxDouble server = new InfluxDouble { Token = "other" }.Start();
        InfluxOptions options = InfluxFixture.For(server);
        options.Token = "secret";
        await using InfluxFixture influx = new(options);
        influx.Output.Append(1, Row("a"));
        influx.Start();
        await Eventually.ReachesAsync(
            () => Task.FromResult(influx.Sink.Trouble == "401 unauthorized access" ? null : influx.Sink.Trouble ?? "no trouble"), TimeSpan.FromSeconds(10));

        server.Token = "secret";

        await influx.DeliveredAsync();
        AssertStored([Row("a")], server);
        Assert.Equal("", influx.DeadLetters);
    }

    [Fact]
    public async Task Connection_ClosedInTheMiddleOfTheAnswer_IsTriedAgain()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using InfluxFixture influx = new(InfluxFixture.For(server));
        server.Next(_ => null);
        server.Next(_ => InfluxAnswer.Error(503, "unavailable", "closing") with { CloseAfter = 20 });

        await influx.Start().DeliverAsync(Row("a"));

        Assert.Equal(3, server.Requests.Count);
        AssertStored([Row("a")], server);
    }

    [Fact]
    public async Task Batch_TooLargeForTheServer_IsHalvedUntilItFits()
    {
        await using InfluxDouble server = new InfluxDouble { MaxBody = 10_000 }.Start();
        await using InfluxFixture influx = new(InfluxFixture.For(server));
        FlowRow[] rows = [.. Enumerable.Range(0, 1_000).Select(i => Row($"d{i}"))];

        await influx.Start().DeliverAsync(rows);

        Assert.Contains(413, server.Requests.Select(request => request.Status));
        AssertStored(rows, server);
        Assert.Equal("", influx.DeadLetters);
    }

    [Fact]
    public async Task Points_OfAnotherFieldType_GoAloneToTheDeadLetters()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using InfluxFixture influx = new(InfluxFixture.For(server));
        Func<long> counted = influx.Meters.Count("trafficcore.storage.dead_letters");
        await influx.Start().DeliverAsync(Row("first") with { Level = FlowLevel.Approach, Classes = [new ClassVolume("car", 1)] });
        Assert.Equal(204, (await PostAsync(server, "approach_flow,intersection=x class_bus=1.5 1\n")).Status);
        FlowRow[] rows = [.. Enumerable.Range(0, 500).Select(i => Row($"d{i}") with { Level = FlowLevel.Approach, Classes = [new ClassVolume(i is 7 or 400 ? "bus" : "car", i)] })];

        await influx.DeliverAsync(rows);

        AssertStored(rows.Where((_, i) => i is not (7 or 400)), server);
        Assert.Equal(2, counted());
        Assert.Equal(2, influx.DeadLetters.Split('\n').Count(line => line.StartsWith("approach_flow,", StringComparison.Ordinal)));
        Assert.Contains("approach=d400", influx.DeadLetters, StringComparison.Ordinal);
        Assert.Contains("field type conflict: input field \"class_bus\"", influx.DeadLetters, StringComparison.Ordinal);
        Assert.Null(influx.Sink.Trouble);
    }

    [Fact]
    public async Task Revision_ThatMakesAFieldUnknown_DeletesThePointFirst()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using InfluxFixture influx = new(InfluxFixture.For(server));
        FlowRow neighbour = Row("a") with { Start = Begin + 60_000 };
        await influx.Start().DeliverAsync(Row("a"), Row("b"), neighbour);

        FlowRow revised = Row("a") with { Revision = 2, Volume = null, FlowRateMilli = null };
        await influx.DeliverAsync(revised);

        AssertStored([revised, Row("b"), neighbour], server);
        Assert.Equal(["/api/v2/write", "/api/v2/delete", "/api/v2/write"], server.Requests.Select(request => request.Request.Path));
    }

    [Fact]
    public async Task Delete_ThatTheServerDoesNotHave_DoesNotHoldUpTheRows()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using InfluxFixture influx = new(InfluxFixture.For(server));
        await influx.Start().DeliverAsync(Row("a"));
        server.Next(_ => InfluxAnswer.Error(404, "not found", "path not found"));

        await influx.DeliverAsync(Row("a") with { Revision = 2, Volume = null });

        Assert.Equal([204, 404, 204], server.Requests.Select(request => request.Status));
        Assert.Equal(2L, server.Points.Single().Value["revision"]);
    }

    [Fact]
    public async Task Publish_PlacesOfIntersections_AreWrittenForMaps()
    {
        await using InfluxDouble server = new InfluxDouble().Start();
        await using InfluxFixture influx = new(InfluxFixture.For(server));
        influx.Sink.Publish([new IntersectionInfo("int-1", "Main St", 114.32, 29.84)]);
        influx.Start();

        await Eventually.ReachesAsync(() => Task.FromResult(server.Points.Count == 1 ? null : "nothing yet"), TimeSpan.FromSeconds(10));

        ((string series, long _), Dictionary<string, object> fields) = server.Points.Single();
        Assert.Equal("intersection_info,intersection=int-1", series);
        Assert.Equal(new Dictionary<string, object> { ["name"] = "Main St", ["lon"] = 114.32, ["lat"] = 29.84 }, fields);
    }

    [Fact]
    public async Task Stop_WhileTheServerIsAway_EndsWithItsTokenAndLosesNothing()
    {
        await using InfluxDouble server = new InfluxDouble { Token = "other" }.Start();
        InfluxOptions options = InfluxFixture.For(server);
        options.Token = "secret";
        await using InfluxFixture influx = new(options);
        influx.Output.Append(1, Row("a"));
        influx.Start();
        using CancellationTokenSource limit = new(TimeSpan.FromMilliseconds(200));

        await influx.Sink.StopAsync(limit.Token);

        Assert.Equal(0, influx.Sink.Cursor);
        server.Token = "secret";
        await influx.RestartAsync();
        await influx.DeliveredAsync();
        AssertStored([Row("a")], server);
    }

    private static FlowRow Row(string id) => new()
    {
        Level = FlowLevel.Detector, Intersection = "i", Id = id, Start = Begin, Length = 60_000, Revision = 1, Readings = 1, Expected = 1, ExpectedMs = 60_000,
        ObservedMs = 60_000, Volume = 5, FlowRateMilli = 300_000, Health = RowHealth.Ok,
    };

    private static async Task<InfluxAnswer> PostAsync(InfluxDouble server, string line)
    {
        using HttpClient http = new();
        http.DefaultRequestHeaders.Add("Authorization", $"Token {server.Token}");
        using ByteArrayContent content = new(System.Text.Encoding.UTF8.GetBytes(line));
        using HttpResponseMessage response = await http.PostAsync(new Uri($"{server.Url}/api/v2/write?org={server.Org}&bucket={server.Bucket}&precision=ms"), content);
        return new InfluxAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

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
