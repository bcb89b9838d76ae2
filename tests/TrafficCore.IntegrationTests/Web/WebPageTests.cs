using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.IntegrationTests.Security;

namespace TrafficCore.IntegrationTests.Web;

/// <summary>The parts of the live page as they are served.</summary>
public sealed partial class WebPageTests : IAsyncLifetime
{
    private const string Xml = "http://www.w3.org/2000/svg"; // names SVG, is never asked for

    private RunningService service = null!;

    public async ValueTask InitializeAsync() => service = await RunningService.StartAsync();

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task Get_EveryPart_CarriesItsTypeAndThePolicy()
    {
        foreach (var path in await PartsAsync())
        {
            using var answer = await GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(path.Split('.')[^1] switch { "css" => "text/css", "js" => "text/javascript", "svg" => "image/svg+xml", _ => "text/html" }, answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(answer.Headers.CacheControl is { NoCache: true, NoStore: false });
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single().Split("; ");
            Assert.Equal("default-src 'none'", policy[0]);
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.Contains("require-trusted-types-for 'script'", policy);
            Assert.All(policy, rule => Assert.Matches("^[a-z-]+ ('none'|'self'|'script')$", rule));
        }
    }

    [Fact]
    public async Task Get_EveryPart_NamesNothingFromElsewhereAndParsesNoText()
    {
        foreach (var path in await PartsAsync())
        {
            var text = (await service.Http.GetStringAsync(new Uri(path, UriKind.Relative))).Replace(Xml, "", StringComparison.Ordinal);
            Assert.DoesNotMatch("\\bhttps?:|\\bwss?:|[\"'(]//|@import|url\\(", text);
            Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|DOMParser|\\beval\\b|new Function|localStorage|sessionStorage|document\\.cookie", text);
            if (path.Length == 0)
            {
                Assert.DoesNotMatch("<style|style=|\\son[a-z]+=|<script(?![^>]* src=)", text);
                Assert.Contains("<html lang=\"en\">", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Get_WithItsTag_IsNotModifiedPackedOrNot()
    {
        foreach (var path in await PartsAsync())
        {
            using var plain = await GetAsync(path);
            using var packed = await GetAsync(path, request => request.Headers.Add("Accept-Encoding", "br, gzip;q=0.8"));
            Assert.Equal("gzip", packed.Content.Headers.ContentEncoding.Single());
            Assert.Equal("Accept-Encoding", packed.Headers.Vary.Single());
            Assert.NotEqual(plain.Headers.ETag, packed.Headers.ETag);
            await using var unpacked = new GZipStream(await packed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
            Assert.Equal(await plain.Content.ReadAsStringAsync(), await new StreamReader(unpacked).ReadToEndAsync());

            using var again = await GetAsync(path, request => request.Headers.IfNoneMatch.Add(plain.Headers.ETag!));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Empty(await again.Content.ReadAsByteArrayAsync());
            using var unwanted = await GetAsync(path, request => request.Headers.Add("Accept-Encoding", "gzip;q=0"));
            Assert.Empty(unwanted.Content.Headers.ContentEncoding);
        }
    }

    [Fact]
    public async Task Head_Page_HasTheHeadersAndNoBody()
    {
        using var get = await GetAsync("");
        using var head = await service.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
        Assert.Equal((get.StatusCode, get.Headers.ETag, get.Content.Headers.ContentLength), (head.StatusCode, head.Headers.ETag, head.Content.Headers.ContentLength));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        using var post = await service.Http.PostAsync(new Uri("/", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task Get_PageSwitchedOff_IsNotFound()
    {
        var parts = await PartsAsync();
        await using var without = await RunningService.StartAsync("--Http:Page=false");
        foreach (var path in parts)
        {
            using var answer = await without.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var api = await without.Http.GetAsync(new Uri("api/v1/city", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
    }

    [Fact]
    public async Task Get_WithAccounts_PageIsPublicAndWhatItShowsIsNot()
    {
        using var accounts = new AccountFile();
        await using var closed = await RunningService.StartAsync(accounts.Settings);
        foreach (var path in await PartsAsync())
        {
            using var answer = await closed.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        foreach (var path in new[] { "api/v1/city", "api/v1/intersections", "api/v1/intersections/x", "api/v1/live", "page/", "page/none.js", "page/..%2fapi/v1/city" })
        {
            using var answer = await closed.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    /// <summary>The page, what it links, and what those modules import, whole.</summary>
    private async Task<IReadOnlyList<string>> PartsAsync()
    {
        List<string> parts = [""];
        for (var at = 0; at < parts.Count; at++)
        {
            var text = await service.Http.GetStringAsync(new Uri(parts[at], UriKind.Relative));
            parts.AddRange(Links().Matches(text).Select(m => "page/" + (m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value)).Except(parts));
        }

        var made = Directory.EnumerateFiles(Path.Combine(WebPageFiles.Folder)).Select(file => "page/" + Path.GetFileName(file)).Where(name => name != "page/index.html");
        Assert.Equal(made.Order(StringComparer.Ordinal), parts.Skip(1).Order(StringComparer.Ordinal)); // nothing is missing, nothing is left over
        return parts;
    }

    private async Task<HttpResponseMessage> GetAsync(string path, Action<HttpRequestMessage>? with = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        with?.Invoke(request);
        return await service.Http.SendAsync(request);
    }

    [GeneratedRegex("(?:href|src)=\"/page/([^\"]+)\"|from \"\\./([^\"]+)\"")]
    private static partial Regex Links();
}
