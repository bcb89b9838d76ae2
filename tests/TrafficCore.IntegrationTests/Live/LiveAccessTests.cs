using System.Net;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.IntegrationTests.Security;

namespace TrafficCore.IntegrationTests.Live;

/// <summary>Who may follow the live feed, and for how long.</summary>
public sealed class LiveAccessTests : IAsyncLifetime
{
    private readonly AccountFile _accounts = new();
    private readonly List<IDisposable> _browsers = [];
    private RunningService _service = null!;
    private string _reads = "", _metrics = "", _short = "";

    public async ValueTask InitializeAsync()
    {
        _reads = _accounts.AddKey(KeyScope.Read, DateTimeOffset.MaxValue);
        _metrics = _accounts.AddKey(KeyScope.Metrics, DateTimeOffset.MaxValue);
        _short = _accounts.AddKey(KeyScope.Read, TimeProvider.System.GetUtcNow().AddSeconds(20));
        _accounts.Write();
        _service = await RunningService.StartAsync([.. _accounts.Settings, "--Http:LoginsPerMinute=100"]);
    }

    public async ValueTask DisposeAsync()
    {
        _browsers.ForEach(b => b.Dispose());
        await _service.DisposeAsync();
        _accounts.Dispose();
    }

    [Fact]
    public async Task Connect_WithoutALoginOrTheScope_IsRefused()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await Open().GetAsync("api/v1/live"));
        Assert.Equal(HttpStatusCode.Forbidden, await Open(_metrics).GetAsync("api/v1/live"));
    }

    [Fact]
    public async Task Stream_AccountTakenAway_EndsAndTheOthersGoOn()
    {
        await using var reader = await LiveReader.OpenAsync((await LoginAsync("reader")).Client);
        await using var other = await LiveReader.OpenAsync((await LoginAsync("op")).Client);
        await using var program = await LiveReader.OpenAsync(Open(_reads).Client);
        _accounts.Remove("reader");
        _accounts.Write();
        await reader.EndsAsync();
        await GoesOnAsync(other, program);
    }

    [Fact]
    public async Task Stream_NameOnTheDenyList_Ends()
    {
        await using var reader = await LiveReader.OpenAsync((await LoginAsync("reader")).Client);
        await File.WriteAllTextAsync(_accounts.Denied, "user reader\n");
        await reader.EndsAsync();
    }

    [Fact]
    public async Task Stream_KeyTakenBack_Ends()
    {
        await using var program = await LiveReader.OpenAsync(Open(_reads).Client);
        using var fresh = new AccountFile();
        File.Copy(fresh.Path, _accounts.Path, overwrite: true); // the same names with other passwords, and no keys
        await program.EndsAsync();
    }

    [Fact]
    public async Task Stream_KeyExpires_Ends()
    {
        await using var program = await LiveReader.OpenAsync(Open(_short).Client);
        await program.EndsAsync();
    }

    [Fact]
    public async Task Stream_Logout_EndsThoseOfTheAccount()
    {
        var browser = await LoginAsync("op");
        await using var reader = await LiveReader.OpenAsync(browser.Client);
        await using var other = await LiveReader.OpenAsync((await LoginAsync("reader")).Client);
        using var answer = await browser.SendAsync(HttpMethod.Delete, "api/v1/session");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await reader.EndsAsync();
        await GoesOnAsync(other);
    }

    /// <summary>It still tells of a device that is new.</summary>
    private async Task GoesOnAsync(params LiveReader[] readers)
    {
        using var device = await AccountFile.ConnectAsync(_service.Service.Mqtt.Port, "cab-1");
        await device.PublishAsync("traffic/v1/int-1/detector/d-1", """{"volume":1}""", 1, 1);
        foreach (var reader in readers)
        {
            await reader.NextAsync(m => m.Text("id") == "int-1");
        }
    }

    private Browser Open(string? key = null)
    {
        var browser = new Browser(_service.Http.BaseAddress!, key);
        _browsers.Add(browser);
        return browser;
    }

    private Task<Browser> LoginAsync(string name) => Open().LoginAsync(name);
}
