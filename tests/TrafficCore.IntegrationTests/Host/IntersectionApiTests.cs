using System.Net;
using System.Text.Json;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>The city, and one intersection with what it consists of, over real HTTP.</summary>
public sealed class IntersectionApiTests : IAsyncLifetime
{
    private const string Network = """
        { "city": "Test City", "timeZone": "Asia/Shanghai", "intersections": [
          { "id": "int-1", "name": "First", "lon": 114.3, "lat": 29.8, "approaches": [
            { "id": "s", "bearing": 0, "freeFlowSpeed": 50, "detectors": [ { "id": "d-2", "lane": 2, "functions": ["advance", "count"], "interval": 10000 } ] },
            { "id": "n", "detectors": [ { "id": "d-1", "functions": ["stopbar-count"], "interval": 10000 } ] } ] } ] }
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly long minute = ((TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60) - 5) * 60_000;
    private RunningService service = null!;

    public async ValueTask InitializeAsync() => service = await RunningService.StartWithNetworkAsync(Network, "--Windows:IdleTimeout=1s", "--Network:Open=true");

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task City_HasItsTimeZoneAndWindows() =>
        Assert.Equal("""{"city":"Test City","timeZone":"Asia/Shanghai","windows":["60s","900s"]}""", (await service.GetAsync("api/v1/city")).GetRawText());

    [Fact]
    public async Task Intersection_BeforeItsFirstWindow_IsTheNetworkFilesWithoutRows()
    {
        var found = await service.GetAsync("api/v1/intersections/int-1");
        Assert.Equal(("int-1", "First", "60s", false), (Text(found, "id"), Text(found, "name"), Text(found, "window"), found.GetProperty("learnt").GetBoolean()));
        Assert.False(found.TryGetProperty("row", out _));
        Assert.Equal(["s", "n"], found.GetProperty("approaches").EnumerateArray().Select(a => Text(a, "id")));
        Assert.Equal((0, 50), (found.GetProperty("approaches")[0].GetProperty("bearing").GetDouble(), found.GetProperty("approaches")[0].GetProperty("freeFlowSpeed").GetDouble()));
        Assert.Equal("""{"id":"d-2","approach":"s","lane":2,"functions":["count","advance"]}""", found.GetProperty("detectors")[0].GetRawText());
        Assert.Equal("""{"id":"d-1","approach":"n","functions":["stopbar-count"]}""", found.GetProperty("detectors")[1].GetRawText());
    }

    [Fact]
    public async Task Intersection_WindowPublished_HasARowOfEachPartAlsoOfWhatIsLearnt()
    {
        await SendAsync("d-1", volume: 3);
        await SendAsync("d-2", volume: 4);
        await SendAsync("d-9", volume: 5);
        JsonElement found = default;
        await Eventually.ReachesAsync(
            async () => (found = await service.GetAsync("api/v1/intersections/int-1?window=60s")).GetProperty("detectors").EnumerateArray().Count(d => d.TryGetProperty("row", out _)) is 3 ? null : found.GetRawText(),
            Deadline);
        Assert.Equal(7, Volume(found)); // what the file does not name is no part of a sum
        Assert.Equal([4, 3], found.GetProperty("approaches").EnumerateArray().Select(Volume));
        Assert.Equal([("d-2", 4L), ("d-1", 3L), ("d-9", 5L)], found.GetProperty("detectors").EnumerateArray().Select(d => (Text(d, "id"), Volume(d))));
        Assert.Equal("ok", Text(found.GetProperty("detectors")[0].GetProperty("row"), "health"));
        Assert.False(found.GetProperty("detectors")[2].TryGetProperty("approach", out _));
        await Eventually.ReachesAsync(
            async () => (await service.RowsAsync("int-1/flow?from=-1h")) is [var stored] && stored.GetRawText() == found.GetProperty("row").GetRawText() ? null : "the store has another row", Deadline);
        Assert.Equal("900s", Text(await service.GetAsync("api/v1/intersections/int-1?window=900s"), "window"));
    }

    [Theory]
    [InlineData("int-9", HttpStatusCode.NotFound, "is not known")]
    [InlineData("int-1?window=120s", HttpStatusCode.BadRequest, "is not one of 60s, 900s")]
    [InlineData("int-1?window=day", HttpStatusCode.BadRequest, "is not one of 60s, 900s")]
    [InlineData("int-1?windows=60s", HttpStatusCode.BadRequest, "the nearest is window")]
    public async Task Intersection_NotKnown_IsAProblemThatNamesIt(string question, HttpStatusCode status, string words)
    {
        using var answer = await service.Http.GetAsync(new Uri("api/v1/intersections/" + question, UriKind.Relative));
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task SendAsync(string detector, int volume) =>
        service.PublishAsync($"traffic/v1/int-1/detector/{detector}", $$"""{"ts":{{minute + 50_000}},"interval":10000,"volume":{{volume}}}""");

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private static long Volume(JsonElement of) => of.GetProperty("row").GetProperty("volume").GetInt64();
}
