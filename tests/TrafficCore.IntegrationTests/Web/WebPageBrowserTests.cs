using TrafficCore.IntegrationTests.Host;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Web;

/// <summary>The live page in a real browser, on a service that hears its city over MQTT.</summary>
public sealed class WebPageBrowserTests(Chromium browser) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const string Hostile = "<img src=x onerror=window.taken=1>";
    private const string First = "tr:has(a[href='#/intersections/int-1'])";

    private const string Network = """
        { "city": "Test City", "timeZone": "Asia/Shanghai", "intersections": [
          { "id": "int-1", "name": "<img src=x onerror=window.taken=1>",
            "approaches": [ { "id": "n", "bearing": 180, "freeFlowSpeed": 50, "detectors": [ { "id": "d-1", "lane": 2, "functions": ["count"], "interval": 10000 } ] } ] },
          { "id": "int-2", "name": "Second", "approaches": [ { "id": "s", "detectors": [ { "id": "d-2", "functions": ["count"], "interval": 10000 } ] } ],
            "boards": [ { "id": "b-1", "lines": 2, "characters": 12, "pages": 2, "watches": ["int-1/n"] } ] } ] }
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    // A minute that is over: its window closes at the reading that ends with it.
    private readonly long minute = ((TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60) - 2) * 60_000;
    private readonly int port = FreePort.Find();
    private RunningService service = null!;

    public async ValueTask InitializeAsync() => service = await RunningService.StartWithNetworkAsync(
        // A window closes at the reading that ends it, and one that is open stays so.
        Network, "--Windows:IdleTimeout=60s", "--Network:Open=true", $"--Http:Port={port}");

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task City_WindowPublished_ShowsItAndTheNextWithoutALoad()
    {
        await PublishAsync(minute, volume: 7);
        await using var page = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.ShowsAsync("#connection", "Live");
        await page.ShowsAsync(First, "2,520"); // 7 vehicles in the ten seconds that are known
        await page.ShowsAsync(First, "lightly congested");
        await page.ShowsAsync(First, "GB/T 33171 speed ratio 0.44");
        await page.ShowsAsync(First, "17 %"); // one reading of six
        await page.ShowsAsync(First, Local(minute)); // in the city's zone
        await page.ShowsAsync("#ledger", "unexplained 0");
        await page.ShowsAsync("#city-name", "Test City");

        await page.EvaluateAsync("window.stayed = true");
        await PublishAsync(minute + 60_000, volume: 9);
        await page.ShowsAsync(First, "3,240");
        await PublishAsync(minute + 60_000, volume: 11, offset: 30_000);
        await page.ShowsAsync(First, "corrected, revision 2");
        await page.ShowsAsync(First, "3,600");
        Assert.True((await page.EvaluateAsync("window.stayed === true")).GetBoolean());
        await NothingWentWrongAsync(page);
    }

    [Fact]
    public async Task City_NameThatIsMarkup_IsShownAsText()
    {
        await using var page = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.ShowsAsync(First, Hostile);
        await page.ClickAsync($"{First} a");
        await page.ShowsAsync("h1", Hostile);
        Assert.Equal(0, (await page.EvaluateAsync("document.querySelectorAll('img').length + (window.taken ?? 0)")).GetInt32());
        await NothingWentWrongAsync(page);
    }

    [Fact]
    public async Task City_WindowOfLongAgo_IsMarkedStale()
    {
        await PublishAsync(minute - 600_000, volume: 7);
        await using var page = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.ShowsAsync(First, "stale: nothing newer has come");
        await page.ShowsAsync("#main", "no current data");
    }

    [Fact]
    public async Task Intersection_OpenWindow_FillsAndIsPublished()
    {
        await PublishAsync(minute, volume: 7);
        await using var page = await browser.OpenAsync(new Uri(service.Http.BaseAddress!, "/#/intersections/int-1"));
        await page.ShowsAsync("#main", "2,520 veh/h");
        await page.ShowsAsync("#main", "southbound");
        await page.ShowsAsync("#main", "n lane 2");
        await page.ShowsAsync("#main", "int-2 / b-1"); // the board of another intersection that watches it
        await SendAsync(minute + 60_000, volume: 3);
        await page.ShowsAsync(".filling", "3 vehicles");
        await page.ShowsAsync(".filling", "these numbers still change");
        await PublishAsync(minute + 60_000, volume: 5);
        await page.ShowsAsync("#main", "1,440 veh/h"); // both
        await page.UntilAsync("document.querySelectorAll('.chart rect').length >= 2");
        await page.UntilAsync("document.querySelectorAll('.chart tbody tr').length >= 2");
        await NothingWentWrongAsync(page);
    }

    [Fact]
    public async Task Intersection_NotKnownYet_IsSaidAndAppearsByItself()
    {
        await using var page = await browser.OpenAsync(new Uri(service.Http.BaseAddress!, "/#/intersections/int-9"));
        await page.ShowsAsync("#problem", "\"int-9\" is not known");
        await page.ShowsAsync("#connection", "Live"); // nothing is wrong with that
        await service.PublishAsync("traffic/v1/int-9/detector/d-1", $$"""{"ts":{{minute + 60_000}},"interval":10000,"volume":6}""");
        await page.ShowsAsync(".filling", "6 vehicles");
        await page.UntilAsync("document.getElementById('problem').hidden");
        await page.ClickAsync("nav a");
        await page.ShowsAsync("tr:has(a[href='#/intersections/int-9'])", "learnt");
    }

    [Fact]
    public async Task Service_Stopped_IsSaidAndComesBackByItself()
    {
        await PublishAsync(minute, volume: 7);
        await using var page = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.ShowsAsync(First, "2,520");
        await service.StopAsync();
        await page.ShowsAsync("#stale", "Stale since");
        await page.ShowsAsync("#connection", "Connection lost");
        await page.ShowsAsync("#sinks", "The service does not answer");
        Assert.Contains("grayscale", (await page.EvaluateAsync("getComputedStyle(document.getElementById('main')).filter")).GetString(), StringComparison.Ordinal);

        await service.RestartAsync();
        await page.ShowsAsync("#connection", "Live");
        await page.UntilAsync("document.getElementById('stale').hidden");
        await PublishAsync(minute + 60_000, volume: 9);
        await page.ShowsAsync(First, "3,240");
    }

    [Theory]
    [InlineData("#/")]
    [InlineData("#/intersections/int-1")]
    [InlineData("#/boards")]
    [InlineData("#/boards/int-2/b-1")]
    public async Task View_AnyWidthAndScheme_FitsAndCanBeRead(string view)
    {
        await PublishAsync(minute, volume: 7);
        await using var page = await browser.OpenAsync(new Uri(service.Http.BaseAddress!, "/" + view));
        await page.ShowsAsync("#connection", "Live");
        await page.ShowsAsync("#main", view.Contains("board", StringComparison.Ordinal) ? "nothing asks" : "lightly congested");
        foreach (var (width, scheme) in new[] { (390, "light"), (390, "dark"), (1440, "light"), (1440, "dark") })
        {
            await page.LookAsync(width, scheme);
            Assert.True((await page.EvaluateAsync("document.documentElement.scrollWidth <= innerWidth")).GetBoolean(), $"{view} is wider than {width}");
            Assert.Equal("", (await page.EvaluateAsync(PageLook.TextTooPale)).GetString());
            Assert.Equal("", (await page.EvaluateAsync(PageLook.NamelessControls)).GetString());
        }

        Assert.Equal(1, (await page.EvaluateAsync("document.querySelectorAll('h1').length")).GetInt32());
        await page.EvaluateAsync("document.querySelector('.skip').focus()");
        await page.PressAsync("Enter", 13);
        await page.UntilAsync("document.activeElement.id === 'main'");
        Assert.Equal(view, (await page.EvaluateAsync("location.hash")).GetString());
        await NothingWentWrongAsync(page);
    }

    private static string Local(long at) => TimeZoneInfo.ConvertTimeBySystemTimeZoneId(DateTimeOffset.FromUnixTimeMilliseconds(at), "Asia/Shanghai").ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    // Whatever the browser asked for was asked of the service, and its policy forbade nothing.
    private async Task NothingWentWrongAsync(ChromiumPage page)
    {
        Assert.All(page.Requests, address => Assert.StartsWith(service.Http.BaseAddress!.ToString(), address, StringComparison.Ordinal));
        Assert.Empty(page.Faults);
        Assert.True((await page.EvaluateAsync("document.getElementById('problem').hidden")).GetBoolean());
    }

    private async Task PublishAsync(long start, int volume, int offset = 50_000)
    {
        var before = (await service.RowsAsync("int-1/flow?from=-1h")).Count;
        await SendAsync(start + offset, volume);
        await Eventually.ReachesAsync(async () => offset < 50_000 || (await service.RowsAsync("int-1/flow?from=-1h")).Count > before ? null : "not published", Deadline);
    }

    private Task SendAsync(long ts, int volume) =>
        service.PublishAsync("traffic/v1/int-1/detector/d-1", $$"""{"ts":{{ts}},"interval":10000,"volume":{{volume}},"occupancy":5,"speed":22}""");
}
