using TrafficCore.IntegrationTests.Host;

namespace TrafficCore.IntegrationTests.Web;

/// <summary>Modules of the page by themselves, in the browser that runs them.</summary>
public sealed class WebPageModuleTests(Chromium browser) : IClassFixture<Chromium>, IAsyncLifetime
{
    private RunningService service = null!;
    private ChromiumPage page = null!;

    public async ValueTask InitializeAsync()
    {
        service = await RunningService.StartAsync();
        page = await browser.OpenAsync(service.Http.BaseAddress!);
    }

    public async ValueTask DisposeAsync()
    {
        if (page is not null)
        {
            await page.DisposeAsync();
        }

        await service.DisposeAsync();
    }

    [Theory]
    [InlineData("", "(centre)")]
    [InlineData("[jp3][jl3]SLOW[nl]AHEAD", "SLOW(centre) AHEAD(centre)")]
    [InlineData("[jl2]LEFT[nl][jl4]RIGHT[np]NEXT", "LEFT(start) RIGHT(end) / NEXT(end)")]
    [InlineData("[pt40o3]A[NL]B[nl2]C", "A(centre) B(centre) C(centre)")]
    [InlineData("[[b]] [cf1]<i>x</i>", "[b] <i>x</i>(centre)")]
    public async Task Multi_String_IsPagesOfLines(string multi, string expected) => Assert.Equal(expected, await TextAsync($$"""
        const { pages } = await import("/page/multi.js");
        return pages({{ChromiumPage.Quote(multi)}}).map((page) => page.map((line) => `${line.text}(${line.side})`).join(" ")).join(" / ");
        """));

    [Fact]
    public async Task Events_CutAnywhere_AreTheSame() => Assert.Equal("all the same: window 1|health 2", await TextAsync("""
        const { read } = await import("/page/events.js");
        const bytes = new TextEncoder().encode('retry: 2000\n\n: still here\n\nid: 7\nevent: window\ndata: {"n":1,"name":"路口 ✓"}\n\nevent: health\ndata: {"n":2,\ndata: "x":0}\n\nevent: window\ndata: {"n":');
        const results = new Set();
        for (let cut = 0; cut <= bytes.length; cut++) {
          const found = [];
          let parts = 0;
          const body = new ReadableStream({ start(out) { out.enqueue(bytes.slice(0, cut)); out.enqueue(bytes.slice(cut)); out.close(); } });
          await read(new Response(body), (name, data) => found.push(`${name} ${data.n}${data.name === undefined || data.name === "路口 ✓" ? "" : "!"}`), () => parts++);
          results.add(parts > 0 ? found.join("|") : "nothing was heard");
        }
        return results.size === 1 ? `all the same: ${[...results][0]}` : [...results].join(" or ");
        """));

    [Theory]
    [InlineData("Asia/Shanghai", "60s", "08:00–08:01 1 min")]
    [InlineData("America/New_York", "10s", "19:00:00–19:00:10 10 s")]
    [InlineData("Not/A_Zone", "900s", "00:00–00:15 15 min")]
    public async Task Clock_Window_IsInTheZoneOfTheCity(string zone, string window, string expected) => Assert.Equal(expected, await TextAsync($$"""
        const clock = await import("/page/clock.js");
        clock.setZone({{ChromiumPage.Quote(zone)}});
        clock.setBy({ headers: new Headers({ Date: "Thu, 01 Jan 2026 00:30:00 GMT" }) });
        const start = Date.parse("2026-01-01T00:00:00Z");
        return `${clock.span(start, clock.lengthOf("{{window}}"))} ${clock.lengthWords("{{window}}")}`;
        """));

    [Fact]
    public async Task Words_NotKnownZeroAndOfEachMethod_AreTold() => Assert.Equal("– 0 50 % thin no data whole unobstructed level 6 southbound northbound", await TextAsync("""
        const w = await import("/page/words.js");
        return [w.number(undefined), w.number(0), w.percent(0.5), w.coverageWord(0.2), w.coverageWord(0), w.coverageWord(1),
          w.levelWords(1, "gbt33171-speed-ratio"), w.levelWords(6, "hcm7-speed-ratio"), w.boundWords(180), w.boundWords(359)].join(" ");
        """));

    private async Task<string?> TextAsync(string body) => (await page.EvaluateAsync($"(async () => {{ {body} }})()")).GetString();
}
