using System.Globalization;
using System.Text;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Web;

/// <summary>The page of a city of ten thousand intersections.</summary>
public sealed class WebPageLargeCityTests(Chromium browser) : IClassFixture<Chromium>
{
    private const int Intersections = 10_000;

    [Fact]
    public async Task City_OfTenThousand_ShowsAPageAndFollowsThatAlone()
    {
        await using var service = await RunningService.StartWithNetworkAsync(Network());
        await using var page = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.ShowsAsync(".pager", "1–50 of 10000");
        await page.ShowsAsync("#connection", "Live");
        Assert.Equal(50, (await page.EvaluateAsync("document.querySelectorAll('tbody[role=rowgroup] tr').length")).GetInt32());
        Assert.All(Streams(page), address => Assert.Equal(50, address.Split("intersection=").Length - 1));

        await page.ClickAsync(".pager button:last-child");
        await page.ShowsAsync(".pager", "51–100 of 10000");
        await page.FillAsync("[type=search]", "street 9876 ");
        await page.ShowsAsync(".pager", "1–1 of 1");
        await page.ShowsAsync("tbody[role=rowgroup]", "Street 9876 North");
        await FollowsAsync(page, "?intersection=int-9876&window=60s&kinds=window%2Chealth");

        await page.FillAsync("[type=search]", "no street is called that");
        await page.ShowsAsync(".list", "Nothing is like that");
        await FollowsAsync(page, "?window=60s&kinds=health");
        Assert.Empty(page.Faults);
    }

    private static Task FollowsAsync(ChromiumPage page, string question) =>
        Eventually.ReachesAsync(() => Task.FromResult(Streams(page)[^1] is var last && last.EndsWith(question, StringComparison.Ordinal) ? null : last), TimeSpan.FromSeconds(40));

    private static List<string> Streams(ChromiumPage page) => [.. page.Requests.Where(address => address.Contains("/api/v1/live", StringComparison.Ordinal))];

    private static string Network()
    {
        var text = new StringBuilder("""{"city":"Large","intersections":[""");
        for (var i = 1; i <= Intersections; i++)
        {
            text.Append(i == 1 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""{"id":"int-{{i}}","name":"Street {{i}} North","approaches":[{"id":"n","detectors":[{"id":"d-1","functions":["count"]}]}]}""");
        }

        return text.Append("]}").ToString();
    }
}
