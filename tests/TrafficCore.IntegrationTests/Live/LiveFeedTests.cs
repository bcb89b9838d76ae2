using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Live;

/// <summary>What the live feed tells, over real sockets.</summary>
public sealed class LiveFeedTests : IAsyncLifetime
{
    private const string Network = """
        { "city": "test", "intersections": [
          { "id": "int-1", "name": "First", "lon": 114.3, "lat": 29.8,
            "approaches": [ { "id": "n", "freeFlowSpeed": 50, "detectors": [ { "id": "d-1", "functions": ["count"], "interval": 10000 } ] } ],
            "boards": [ { "id": "b-1", "lines": 2, "characters": 12, "pages": 1, "watches": [] } ] },
          { "id": "int-2", "name": "Second", "approaches": [ { "id": "s", "detectors": [ { "id": "d-2", "functions": ["count"], "interval": 10000 } ] } ] } ] }
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    // A minute that is over: its window closes at the reading that ends with it.
    private readonly long minute = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60 - 5) * 60_000;
    private RunningService service = null!;

    public async ValueTask InitializeAsync() => service = await RunningService.StartWithNetworkAsync(
        Network, "--Windows:IdleTimeout=1s", "--Live:KeepAlive=1s", "--Live:MaxClients=4", "--Network:Open=true");

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task Connect_AfterWindowsWerePublished_BeginsWithWhatIs()
    {
        await CloseAsync("int-1", "d-1", minute, volume: 7);
        await using (var first = await LiveReader.OpenAsync(service.Http, "?window=60s"))
        {
            await first.NextAsync(m => m is { Kind: "window", IsOpen: false } && m.Text("intersection") == "int-1");
            await first.NextAsync(m => m.Kind == "board");
        }

        await using var reader = await LiveReader.OpenAsync(service.Http, "?window=60s");
        Assert.Equal("text/event-stream", reader.Answer.Content.Headers.ContentType?.MediaType);
        Assert.True(reader.Answer.Headers.CacheControl!.NoStore);
        var health = await reader.NextAsync(_ => true);
        Assert.Equal(("health", "ready"), (health.Kind, health.Text("status")));
        var board = await reader.NextAsync(_ => true);
        Assert.Equal(("board", "b-1", ""), (board.Kind, board.Text("board"), board.Text("multi")));
        var intersection = await reader.NextAsync(_ => true);
        Assert.Equal(("intersection", "int-1", "First"), (intersection.Kind, intersection.Text("id"), intersection.Text("name")));
        Assert.Equal(7, intersection.Data.GetProperty("latest").GetProperty("row").GetProperty("volume").GetInt64());
        var window = await reader.NextAsync(_ => true);
        Assert.Equal(("window", "int-1", "60s", Iso(minute)), (window.Kind, window.Text("intersection"), window.Text("window"), window.Text("start")));
        Assert.Equal((7, 1), (Volume(window), Revision(window)));
        Assert.Equal(7, window.Data.GetProperty("approaches").GetProperty("n").GetProperty("volume").GetInt64());
        Assert.True(long.Parse(window.Id!, CultureInfo.InvariantCulture) >= 0);
        Assert.Equal("int-2", (await reader.NextAsync(_ => true)).Text("id"));
    }

    [Fact]
    public async Task Window_Published_ArrivesAndSoDoItsCorrections()
    {
        await using var reader = await LiveReader.OpenAsync(service.Http, "?intersection=int-1&window=60s&kinds=window");
        Assert.Equal("intersection", (await reader.NextAsync(_ => true)).Kind);

        await CloseAsync("int-1", "d-1", minute, volume: 7);
        var published = await reader.NextAsync(m => m is { Kind: "window", IsOpen: false });
        Assert.Equal((Iso(minute), 7, 1), (published.Text("start"), Volume(published), Revision(published)));

        await SendAsync("int-1", "d-1", minute + 10_000, volume: 5);
        var corrected = await reader.NextAsync(m => !m.IsOpen);
        Assert.Equal((Iso(minute), 12, 2), (corrected.Text("start"), Volume(corrected), Revision(corrected)));

        // A window that is not the latest any more: the rows that changed, its detectors' too.
        await CloseAsync("int-1", "d-1", minute + 60_000, volume: 1);
        Assert.Equal(Iso(minute + 60_000), (await reader.NextAsync(m => !m.IsOpen)).Text("start"));
        await SendAsync("int-1", "d-1", minute + 20_000, volume: 3);
        var late = await reader.NextAsync(m => !m.IsOpen);
        Assert.Equal((Iso(minute), 15, 3), (late.Text("start"), Volume(late), Revision(late)));
        Assert.Equal(15, late.Data.GetProperty("detectors").GetProperty("d-1").GetProperty("volume").GetInt64());
        Assert.True(long.Parse(late.Id!, CultureInfo.InvariantCulture) > long.Parse(published.Id!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Window_NotPublishedYet_IsMarkedOpenAndThenPublished()
    {
        await using var reader = await LiveReader.OpenAsync(service.Http, "?intersection=int-1&intersection=int-2&window=60s&kinds=window");

        // The detector of the other approach holds nothing: it has not been heard.
        await SendAsync("int-1", "d-1", minute, volume: 2);
        var open = await reader.NextAsync(m => m.IsOpen);
        Assert.Equal(("int-1", Iso(minute), 2, 0), (open.Text("intersection"), open.Text("start"), Volume(open), Revision(open)));
        Assert.False(open.Data.TryGetProperty("detectors", out _));
        Assert.Null(open.Id);

        await CloseAsync("int-1", "d-1", minute, volume: 3);
        var published = await reader.NextAsync(m => m is { Kind: "window", IsOpen: false });
        Assert.Equal((Iso(minute), 5, 1), (published.Text("start"), Volume(published), Revision(published)));
    }

    [Fact]
    public async Task Board_Commanded_TellsWhatItShowsAndWhy()
    {
        await using var reader = await LiveReader.OpenAsync(service.Http, "?kinds=board");
        await reader.NextAsync(m => m.Text("multi")?.Length == 0);
        using var answer = await service.Http.PutAsJsonAsync("api/v1/boards/int-1/b-1/message", new { multi = "SLOW", author = "li", note = "fog" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var board = await reader.NextAsync(m => m.Text("multi") == "SLOW");
        Assert.Equal(("board", "int-1"), (board.Kind, board.Text("intersection")));
        Assert.Contains("li", board.Text("why"), StringComparison.Ordinal);
        Assert.All(reader.Waiting(), m => Assert.Equal("board", m.Kind));
    }

    [Fact]
    public async Task Health_SomethingGoesWrongAndWellAgain_IsTold()
    {
        await using var reader = await LiveReader.OpenAsync(service.Http, "?kinds=health");
        Assert.Empty((await reader.NextAsync(_ => true)).Data.GetProperty("reasons").EnumerateArray());
        await File.WriteAllTextAsync(service["network.json"], "{");
        var wrong = await reader.NextAsync(_ => true);
        Assert.Contains("network file refused", wrong.Data.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(service["network.json"], Network);
        Assert.Empty((await reader.NextAsync(_ => true)).Data.GetProperty("reasons").EnumerateArray());
    }

    [Fact]
    public async Task City_Changes_NewIntersectionsAreToldAndANewNetworkEndsTheStream()
    {
        await using var reader = await LiveReader.OpenAsync(service.Http, "?kinds=window");
        await reader.NextAsync(m => m.Text("id") == "int-2");
        await SendAsync("int-3", "d-1", minute, volume: 1);
        Assert.Equal("True", (await reader.NextAsync(m => m.Text("id") == "int-3")).Text("learnt"));

        await File.WriteAllTextAsync(service["network.json"], Network.Replace("Second", "Another", StringComparison.Ordinal));
        await reader.EndsAsync();
        await using var next = await LiveReader.OpenAsync(service.Http, "?kinds=window");
        Assert.Equal("Another", (await next.NextAsync(m => m.Text("id") == "int-2")).Text("name"));
    }

    [Fact]
    public async Task Stream_WithoutEvents_IsKeptAliveByComments()
    {
        using var answer = await service.Http.GetAsync(new Uri("api/v1/live?kinds=health", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        List<string?> read = [];
        while (read.Count(l => l == ":") < 2)
        {
            read.Add(await lines.ReadLineAsync().WaitAsync(Deadline));
        }

        Assert.Equal("retry: 2000", read[0]);
        Assert.Single(read, l => l == "event: health");
    }

    [Fact]
    public async Task Connect_MoreThanAllowed_IsRefusedUntilOneLeaves()
    {
        List<LiveReader> readers = [];
        for (var i = 0; i < 4; i++)
        {
            readers.Add(await LiveReader.OpenAsync(service.Http));
        }

        using (var refused = await service.Http.GetAsync(new Uri("api/v1/live", UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
            Assert.Contains("Live:MaxClients", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await readers[0].DisposeAsync();
        await Eventually.ReachesAsync(
            async () =>
            {
                using var again = await service.Http.GetAsync(new Uri("api/v1/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
                return again.IsSuccessStatusCode ? null : $"{again.StatusCode}";
            },
            Deadline);
        readers.ForEach(r => r.Answer.Dispose());
        Assert.Contains("trafficcore_live_refused_total", await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("intersection=int-9", "intersection")]
    [InlineData("intersection=int-1&intersection=int-9", "intersection")]
    [InlineData("intersection=", "intersection")]
    [InlineData("intersection=%20", "intersection")]
    [InlineData("window=7s", "window")]
    [InlineData("window=120s", "window")]
    [InlineData("window=day", "window")]
    [InlineData("window=60s&window=900s", "window")]
    [InlineData("kinds=cars", "kinds")]
    [InlineData("kinds=board,", "kinds")]
    [InlineData("kind=board", "kind")]
    [InlineData("from=-15m", "from")]
    public async Task Question_Wrong_IsAProblemThatNamesTheField(string question, string field)
    {
        using var answer = await service.Http.GetAsync(new Uri("api/v1/live?" + question, UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Restart_WhoComesBack_FindsWhatWasPublishedBefore()
    {
        await CloseAsync("int-1", "d-1", minute, volume: 7);
        await using (var reader = await LiveReader.OpenAsync(service.Http, "?intersection=int-1&kinds=window&window=60s"))
        {
            await reader.NextAsync(m => m is { Kind: "window", IsOpen: false });
            await service.RestartAsync();
            await reader.EndsAsync();
        }

        await using var again = await LiveReader.OpenAsync(service.Http, "?intersection=int-1&kinds=window&window=60s");
        Assert.Equal(7, Volume(await again.NextAsync(m => m is { Kind: "window", IsOpen: false })));
    }

    /// <summary>The reading that ends a minute closes its window: the detector has passed it, and nobody else is heard.</summary>
    private Task CloseAsync(string intersection, string detector, long start, int volume) => SendAsync(intersection, detector, start + 50_000, volume);

    private async Task SendAsync(string intersection, string detector, long ts, int volume) => await service.PublishAsync(
        $"traffic/v1/{intersection}/detector/{detector}", $$"""{"ts":{{ts}},"interval":10000,"volume":{{volume}},"occupancy":5}""");

    private static long Volume(LiveMessage message) => message.Row.GetProperty("volume").GetInt64();

    private static int Revision(LiveMessage message) => message.Row.GetProperty("revision").GetInt32();

    private static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
