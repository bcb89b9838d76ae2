using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TrafficCore.Host.Cli;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>Logins, keys, roles, forgery and the audit log of the HTTP API.</summary>
public sealed class HttpSecurityTests : IAsyncLifetime
{
    private const string Board = "api/v1/boards/int-1/b-1/message";
    private const string Network = """{"city":"c","intersections":[{"id":"int-1","boards":[{"id":"b-1","lines":3,"characters":16}]}]}""";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly AccountFile _accounts = new();
    private readonly List<Browser> _browsers = [];
    private RunningService _service = null!;
    private string _metrics = "", _reads = "", _operates = "", _expired = "";

    public async ValueTask InitializeAsync()
    {
        _metrics = _accounts.AddKey(KeyScope.Metrics, DateTimeOffset.MaxValue);
        _reads = _accounts.AddKey(KeyScope.Read, DateTimeOffset.MaxValue);
        _operates = _accounts.AddKey(KeyScope.Operate, DateTimeOffset.MaxValue);
        _expired = _accounts.AddKey(KeyScope.Administer, DateTimeOffset.UnixEpoch);
        _accounts.Write();
        _service = await RunningService.StartWithNetworkAsync(Network, [.. _accounts.Settings, "--Http:LoginsPerMinute=100"]);
    }

    public async ValueTask DisposeAsync()
    {
        _browsers.ForEach(b => b.Dispose());
        await _service.DisposeAsync();
        _accounts.Dispose();
    }

    [Theory]
    [InlineData("api/v1/intersections")]
    [InlineData("api/v1/audit")]
    [InlineData("api/v1/audit/")]
    [InlineData("API/V1/AUDIT")]
    [InlineData("api/v1/%61udit")]
    [InlineData("api/v1/../v1/audit")]
    [InlineData("api/v1/boards/%2e%2e/%2e%2e/audit")]
    [InlineData("//api/v1/audit")]
    [InlineData("openapi/v1.json")]
    [InlineData("metrics")]
    [InlineData("api/v1/session")]
    [InlineData("no/such/path")]
    public async Task Get_WithoutLogin_IsRefused(string path) => Assert.Equal(HttpStatusCode.Unauthorized, await Open().GetAsync(path));

    [Theory]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    public async Task Health_WithoutLogin_Answers(string path) => Assert.Equal(HttpStatusCode.OK, await Open().GetAsync(path));

    [Fact]
    public async Task Login_WrongUnknownOrDevice_AreToldTheSame()
    {
        List<string> answers = [];
        foreach (var (name, password) in new[] { ("op", "wrong"), ("nobody", "wrong"), ("cab-1", AccountFile.PasswordOf("cab-1")), ("op\r\nX: y", "x") })
        {
            using var answer = await Open().Client.PostAsJsonAsync("api/v1/session", new { name, password });
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            answers.Add($"{problem.GetProperty("title")} {problem.GetProperty("detail")}");
        }

        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Login_Cookie_IsStrictAndHidden()
    {
        using var answer = await Open().Client.PostAsJsonAsync("api/v1/session", new { name = "op", password = AccountFile.PasswordOf("op") });
        var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
        Assert.Equal(2, cookies.Count);
        Assert.All(cookies, cookie =>
        {
            Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task Command_ByRoleAndToken_OnlyOperatorsWithTheirToken()
    {
        var (viewer, op) = (await LoginAsync("reader"), await LoginAsync("op"));
        Assert.Equal(HttpStatusCode.OK, await viewer.GetAsync("api/v1/boards"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Open().PutAsync(Board));
        Assert.Equal(HttpStatusCode.Forbidden, await viewer.PutAsync(Board));
        var token = op.Token;
        op.Token = null;
        Assert.Equal(HttpStatusCode.Forbidden, await op.PutAsync(Board));
        op.Token = viewer.Token;
        Assert.Equal(HttpStatusCode.Forbidden, await op.PutAsync(Board));
        op.Token = token;
        await BoardIsThereAsync(op);
        Assert.Equal(HttpStatusCode.OK, await op.PutAsync(Board));
        Assert.Equal(HttpStatusCode.Forbidden, await op.PutAsync(Board, site: "cross-site"));
        var board = await op.Client.GetFromJsonAsync<JsonElement>("api/v1/boards/int-1/b-1");
        Assert.Contains("\"author\":\"op\"", board.GetRawText(), StringComparison.Ordinal); // not the one that the body claims
    }

    [Fact]
    public async Task Key_Scopes_OpenWhatTheySay()
    {
        Assert.Equal(HttpStatusCode.OK, await Open(_metrics).GetAsync("metrics"));
        Assert.Equal(HttpStatusCode.Forbidden, await Open(_metrics).GetAsync("api/v1/intersections"));
        Assert.Equal(HttpStatusCode.OK, await Open(_reads).GetAsync("api/v1/intersections"));
        Assert.Equal(HttpStatusCode.OK, await Open(_reads).GetAsync("metrics"));
        Assert.Equal(HttpStatusCode.Forbidden, await Open(_reads).PutAsync(Board));
        Assert.Equal(HttpStatusCode.Forbidden, await Open(_operates).GetAsync("api/v1/audit"));
        await BoardIsThereAsync(Open(_operates));
        Assert.Equal(HttpStatusCode.OK, await Open(_operates).PutAsync(Board));
        Assert.Equal(HttpStatusCode.Unauthorized, await Open(_expired).GetAsync("api/v1/intersections"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Open(_reads[..^1] + (_reads[^1] == 'A' ? 'E' : 'A')).GetAsync("metrics/none"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Open("tck_000000000000_x").GetAsync("api/v1/intersections"));
    }

    [Fact]
    public async Task Requeue_ByTheProgram_NeedsAKeyOfAnOperator()
    {
        using var directory = new TemporaryDirectory();
        Assert.Equal((ExitCodes.Failed, "401"), await RequeueAsync());
        Assert.Equal((ExitCodes.Failed, "403"), await RequeueAsync("--key-file", Key(_reads)));
        Assert.Equal((ExitCodes.Done, ""), await RequeueAsync("--key-file", Key(_operates + "\n")));
        Assert.Equal((ExitCodes.Usage, "--key-file"), await RequeueAsync("--key-file", Key("no key")));
        Assert.Equal((ExitCodes.Usage, "--key-file"), await RequeueAsync("--key-file", directory["none"]));
        foreach (var path in new[] { "api/v1/sinks", "api/v1/clocks" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await Open().GetAsync(path));
            Assert.Equal(HttpStatusCode.OK, await Open(_reads).GetAsync(path));
        }

        var root = await LoginAsync("root");
        var entries = (await root.Client.GetFromJsonAsync<JsonElement>("api/v1/audit")).EnumerateArray()
            .Where(e => Text(e, "action") == "POST /api/v1/quarantine/requeue").Select(e => (e.GetProperty("status").GetInt32(), Text(e, "detail"))).ToList();
        Assert.Equal([403, 200], entries.Select(e => e.Item1));
        Assert.EndsWith("unknown-device", entries[1].Item2, StringComparison.Ordinal);

        string Key(string content)
        {
            File.WriteAllText(directory["key"], content);
            return directory["key"];
        }

        async Task<(int Code, string Told)> RequeueAsync(params string[] key)
        {
            using var output = new StringWriter();
            using var error = new StringWriter();
            string[] command = ["requeue", $"--http={_service.Http.BaseAddress}", "--from=-1h", "--reason=unknown-device", .. key];
            var code = await CommandLine.RunAsync(command, output, error);
            var told = error.ToString();
            Assert.DoesNotContain("tck_", told, StringComparison.Ordinal);
            return (code, new[] { "401", "403", "--key-file" }.FirstOrDefault(word => told.Contains(word, StringComparison.Ordinal)) ?? told);
        }
    }

    [Fact]
    public async Task Login_PasswordChangedOrAccountGone_Ends()
    {
        var (op, viewer) = (await LoginAsync("op"), await LoginAsync("reader"));
        _accounts.Remove("op");
        _accounts.Put("op", AccountRole.Operator); // another salt: another password
        _accounts.Remove("reader");
        _accounts.Write();
        foreach (var browser in new[] { op, viewer })
        {
            await Eventually.ReachesAsync(async () => await browser.GetAsync("api/v1/intersections") is var status && status == HttpStatusCode.Unauthorized ? null : status.ToString(), Patience);
        }
    }

    [Fact]
    public async Task DenyList_Address_IsKeptOut()
    {
        await File.WriteAllTextAsync(_accounts.Denied, "address 127.0.0.1\n");
        await Eventually.ReachesAsync(async () => await Open(_reads).GetAsync("api/v1/intersections") is var status && status == HttpStatusCode.Forbidden ? null : status.ToString(), Patience);
    }

    [Fact]
    public async Task Login_Restart_IsKept()
    {
        var op = await LoginAsync("op");
        await _service.RestartAsync();
        var again = op.MovedTo(_service.Http.BaseAddress!);
        _browsers.Add(again);
        Assert.Equal(HttpStatusCode.OK, await again.GetAsync("api/v1/intersections"));
    }

    [Fact]
    public async Task Logout_Cookie_IsTakenBack()
    {
        var op = await LoginAsync("op");
        using var answer = await op.SendAsync(HttpMethod.Delete, "api/v1/session");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await op.GetAsync("api/v1/intersections"));
    }

    [Fact]
    public async Task Audit_Commands_AreThereWithWhoWhatFromWhereAndResult()
    {
        var (root, op, viewer) = (await LoginAsync("root"), await LoginAsync("op"), await LoginAsync("reader"));
        await BoardIsThereAsync(op);
        await op.PutAsync(Board);
        await viewer.PutAsync(Board);
        await Open(_operates).PutAsync("api/v1/boards/int-1/none/message");
        using var failed = await Open().Client.PostAsJsonAsync("api/v1/session", new { name = "a password typed here", password = "x" });
        Assert.Equal(HttpStatusCode.Forbidden, await viewer.GetAsync("api/v1/audit"));

        var entries = (await root.Client.GetFromJsonAsync<JsonElement>("api/v1/audit")).EnumerateArray()
            .Select(e => $"{Text(e, "who")}|{Text(e, "from")}|{Text(e, "action")}|{Text(e, "detail")}|{e.GetProperty("status")}").ToList();
        Assert.Contains($"op|127.0.0.1|PUT /{Board}|SLOW|200", entries);
        Assert.Contains($"reader|127.0.0.1|PUT /{Board}||403", entries);
        Assert.Contains(entries, e => e.StartsWith("key ", StringComparison.Ordinal) && e.EndsWith("|PUT /api/v1/boards/int-1/none/message||404", StringComparison.Ordinal));
        Assert.Contains("op|127.0.0.1|POST /api/v1/session|log in as op|200", entries);
        Assert.Contains("|127.0.0.1|POST /api/v1/session|log in as nobody known|401", entries);
        Assert.DoesNotContain(entries, e => e.Contains("typed", StringComparison.Ordinal) || e.Contains("-secret", StringComparison.Ordinal));

        using var page = await root.SendAsync(HttpMethod.Get, "api/v1/audit?limit=2");
        Assert.Equal(2, (await page.Content.ReadFromJsonAsync<JsonElement>()).GetArrayLength());
        var next = page.Headers.GetValues("Link").Single();
        var rest = await root.Client.GetFromJsonAsync<JsonElement>(next[1..next.IndexOf('>', StringComparison.Ordinal)].TrimStart('/'));
        Assert.Equal(2, rest.GetArrayLength());
    }

    [Fact]
    public async Task Audit_DiskRefuses_CommandsAreRefusedUntilItTakesThem()
    {
        var op = await LoginAsync("op");
        var directory = Path.Combine(_service.DataDirectory, "audit");
        Directory.Move(directory, directory + ".away");
        await File.WriteAllTextAsync(directory, "in the way");
        await op.PutAsync("api/v1/boards/int-1/none/message"); // its entry cannot be written any more
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await op.PutAsync("api/v1/boards/int-1/none/message"));
        Assert.Equal(HttpStatusCode.OK, await op.GetAsync("api/v1/intersections"));
        File.Delete(directory);
        Directory.Move(directory + ".away", directory);
        Assert.Equal(HttpStatusCode.NotFound, await op.PutAsync("api/v1/boards/int-1/none/message"));
        var root = await LoginAsync("root");
        var entries = (await root.Client.GetFromJsonAsync<JsonElement>("api/v1/audit")).EnumerateArray().Select(e => Text(e, "action")).ToList();
        Assert.Equal(2, entries.Count(e => e == "PUT /api/v1/boards/int-1/none/message"));
    }

    [Theory]
    [InlineData("health/live")]
    [InlineData("api/v1/intersections")]
    [InlineData("no/such/path")]
    public async Task Answers_Always_CarrySecurityHeaders(string path)
    {
        using var answer = await Open().SendAsync(HttpMethod.Get, path);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.False(answer.Headers.Contains("Server"));
    }

    private static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static Task BoardIsThereAsync(Browser browser) =>
        Eventually.ReachesAsync(async () => await browser.GetAsync("api/v1/boards/int-1/b-1") is var status && status == HttpStatusCode.OK ? null : status.ToString(), Patience);

    private Browser Open(string? key = null)
    {
        var browser = new Browser(_service.Http.BaseAddress!, key);
        _browsers.Add(browser);
        return browser;
    }

    private Task<Browser> LoginAsync(string name) => Open().LoginAsync(name);
}
