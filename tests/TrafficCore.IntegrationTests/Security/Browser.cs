using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>Keeps cookies and a token as a page does; or sends a key as a program does.</summary>
internal sealed class Browser : IDisposable
{
    private readonly CookieContainer _cookies;
    private readonly HttpClientHandler _handler;

    public Browser(Uri address, string? key = null, CookieContainer? cookies = null)
    {
        _cookies = cookies ?? new CookieContainer();
        _handler = new HttpClientHandler { CookieContainer = _cookies, AllowAutoRedirect = false };
        Client = new HttpClient(_handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        if (key is not null)
        {
            Client.DefaultRequestHeaders.Add("Authorization", "Bearer " + key);
        }
    }

    public HttpClient Client { get; }

    public string? Token { get; set; }

    public async Task<Browser> LoginAsync(string name)
    {
        using var answer = await Client.PostAsJsonAsync("api/v1/session", new { name, password = AccountFile.PasswordOf(name) });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("csrfToken").GetString();
        return this;
    }

    /// <summary>The same person at the same name on another port: cookies know no ports.</summary>
    public Browser MovedTo(Uri address) => new(address, null, _cookies) { Token = Token };

    public async Task<HttpStatusCode> GetAsync(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        return answer.StatusCode;
    }

    public async Task<HttpStatusCode> PutAsync(string path, string? site = null)
    {
        using var answer = await SendAsync(HttpMethod.Put, path, """{"multi":"SLOW","author":"somebody else"}""", site);
        return answer.StatusCode;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string? site = null)
    {
        // The path as it is: Uri would take "../" and "//" out before the server sees them.
        var address = new Uri(Client.BaseAddress!.GetLeftPart(UriPartial.Authority) + "/" + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (Token is not null)
        {
            request.Headers.Add("X-CSRF-TOKEN", Token);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        return await Client.SendAsync(request);
    }

    public void Dispose()
    {
        Client.Dispose();
        _handler.Dispose();
    }
}
