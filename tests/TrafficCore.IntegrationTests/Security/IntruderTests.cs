using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using TrafficCore.Host;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>What somebody tries who has no business here.</summary>
public sealed class IntruderTests
{
    [Theory]
    [InlineData("evil.example", 400)]
    [InlineData("127.0.0.1.evil.example", 400)]
    [InlineData("", 400)]
    [InlineData("localhost", 200)]
    [InlineData("127.0.0.1", 200)]
    public async Task Http_PageThatReboundItsName_IsRefusedWhereNobodyNeedsALogin(string host, int status)
    {
        await using var service = await RunningService.StartAsync();
        var answer = await AskAsync(service, $"GET /api/v1/intersections HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cross-site", 403)]
    [InlineData("same-site", 403)]
    [InlineData("same-origin", 404)]
    public async Task Http_CommandFromAnotherSite_IsRefusedAlsoWithoutLogins(string site, int status)
    {
        await using var service = await RunningService.StartAsync();
        using var browser = new Browser(service.Http.BaseAddress!);
        Assert.Equal(status, (int)await browser.PutAsync("api/v1/boards/int-1/b-1/message", site));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX: {0}\r\n\r\n", 40_000, "HTTP/1.1 431")]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: localhost\r\n\r\n", 40_000, "HTTP/1.1 414")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n", 0, "HTTP/1.1 400")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n", 0, "HTTP/1.1 400")]
    [InlineData("PUT /api/v1/boards/a/b/message HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, "HTTP/1.1 4")]
    [InlineData("PUT /api/v1/boards/a/b/message HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n", 0, "HTTP/1.1 413")]
    public async Task Http_RequestOutOfBounds_IsRefused(string request, int filling, string answer)
    {
        await using var service = await RunningService.StartAsync();
        Assert.StartsWith(answer, await AskAsync(service, request.Replace("{0}", new string('a', filling), StringComparison.Ordinal)), StringComparison.Ordinal);
        using var fine = await service.Http.GetAsync(new Uri("health/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, fine.StatusCode);
    }

    [Fact]
    public async Task Http_ManyHeaders_AreRefused()
    {
        await using var service = await RunningService.StartAsync();
        var headers = string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: a\r\n"));
        Assert.StartsWith("HTTP/1.1 431", await AskAsync(service, $"GET / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directories_TheServiceMakes_AreClosedToOthersOnTheMachine()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // no such modes there
        }

        using var accounts = new AccountFile();
        await using var service = await RunningService.StartAsync(accounts.Settings);
        using var answer = await service.Http.PostAsJsonAsync(new Uri("api/v1/session", UriKind.Relative), new { name = "op", password = AccountFile.PasswordOf("op") });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode); // which stands in the audit log, and needs a key for its cookie
        foreach (var name in (string[])["", "audit", "keys", "input", "sessions"])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(service.DataDirectory, name)));
        }
    }

    [Fact]
    public async Task Login_TriedTooOften_IsRefusedBeforeAnythingIsChecked()
    {
        using var accounts = new AccountFile();
        await using var service = await RunningService.StartAsync([.. accounts.Settings, "--Http:LoginsPerMinute=3"]);
        List<HttpStatusCode> answers = [];
        for (var i = 0; i < 5; i++)
        {
            using var answer = await service.Http.PostAsJsonAsync(new Uri("api/v1/session", UriKind.Relative), new { name = "op", password = i < 4 ? "guess" : AccountFile.PasswordOf("op") });
            answers.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], answers);
    }

    [Fact]
    public async Task Logs_AtTheirFinest_HoldNoSecret()
    {
        using var accounts = new AccountFile();
        using var directory = new TemporaryDirectory();
        var key = accounts.AddKey(KeyScope.Read, DateTimeOffset.MaxValue);
        accounts.Write();
        var (settings, errors) = ServiceSettings.Read([$"--Data:Directory={directory["data"]}", "--Mqtt:Port=0", "--Http:Port=0", "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft=Trace", .. accounts.Settings]);
        Assert.Empty(errors);
        using var log = new Kept();
        await using (var service = await TrafficCoreService.StartAsync(settings!, TimeProvider.System, logging => logging.ClearProviders().AddProvider(log)))
        {
            using (var right = await AccountFile.ConnectAsync(service.Mqtt.Port, "cab-1"))
            using (var wrong = await AccountFile.OpenAsync(service.Mqtt.Port, "cab-1", password: "my-guess-secret"))
            {
                Assert.Contains("BadUserNameOrPassword", await wrong.ReadAsync(), StringComparison.Ordinal);
            }

            using var browser = new Browser(new Uri($"http://127.0.0.1:{service.Http.Port}/"));
            using var login = await browser.Client.PostAsJsonAsync("api/v1/session", new { name = "op", password = AccountFile.PasswordOf("op") });
            Assert.Equal(HttpStatusCode.OK, login.StatusCode);
            using var refused = await browser.Client.PostAsJsonAsync("api/v1/session", new { name = "op", password = "my-guess-secret" });
            using var program = new Browser(new Uri($"http://127.0.0.1:{service.Http.Port}/"), key);
            Assert.Equal(HttpStatusCode.OK, await program.GetAsync("api/v1/intersections"));
            await File.WriteAllTextAsync(accounts.Path, (await File.ReadAllTextAsync(accounts.Path)).Replace("\"device\"", "\"devize\"", StringComparison.Ordinal));
            await Eventually.ReachesAsync(() => Task.FromResult(log.Lines.Any(l => l.Contains("is refused with", StringComparison.Ordinal)) ? null : "not read yet"), TimeSpan.FromSeconds(20));
        }

        Assert.Contains(log.Lines, l => l.Contains("cab-1", StringComparison.Ordinal));
        var secret = key[(key.LastIndexOf('_') + 1)..];
        Assert.DoesNotContain(log.Lines, l => l.Contains("-secret", StringComparison.Ordinal) || l.Contains("pbkdf2", StringComparison.Ordinal) || l.Contains(secret, StringComparison.Ordinal));
        var audit = string.Concat(Directory.GetFiles(Path.Combine(directory["data"], "audit")).Select(File.ReadAllText));
        Assert.DoesNotContain("-secret", audit, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(RunningService service, string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, service.Service.Http.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private sealed class Kept : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
