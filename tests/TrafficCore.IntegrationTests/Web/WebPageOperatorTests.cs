using TrafficCore.Host.Security.Accounts;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.IntegrationTests.Security;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Web;

/// <summary>Signing in, and an operator's message from the page to the board's device and back.</summary>
public sealed class WebPageOperatorTests(Chromium browser) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const string Network = """{"city":"c","intersections":[{"id":"int-3","boards":[{"id":"b-1","lines":2,"characters":12,"pages":2}]}]}""";

    private readonly AccountFile accounts = new();
    private RunningService service = null!;
    private string key = "";

    public async ValueTask InitializeAsync()
    {
        key = accounts.AddKey(KeyScope.Read, DateTimeOffset.MaxValue);
        accounts.Write();

        // The board's device has no account, and nobody else owns its intersection.
        service = await RunningService.StartWithNetworkAsync(Network, [.. accounts.Settings, "--Mqtt:Anonymous=true", "--Http:LoginsPerMinute=100"]);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        accounts.Dispose();
    }

    [Fact]
    public async Task Message_OfAnOperator_ReachesTheBoardIsConfirmedAndWithdrawn()
    {
        await using var device = await BoardDeviceDouble.ConnectAsync(service, "int-3", "b-1");
        await using var page = await OpenAsync("#/boards/int-3/b-1");
        await SignInAsync(page, "op");
        await page.ShowsAsync("#main", "None stands");

        await page.FillAsync("textarea", "A LINE THAT IS TOO LONG");
        await page.FillAsync("[name=duration]", "forever");
        await page.ClickAsync("form.message [type=submit]");
        await page.ShowsAsync("label:has(textarea) .problem", "no wording fits the board's 12 cells");
        await page.ShowsAsync("label:has([name=duration]) .problem", "must end after now");
        Assert.Equal("content", (await page.EvaluateAsync("document.activeElement.name")).GetString());

        await page.FillAsync("textarea", "BRIDGE\nCLOSED");
        await page.FillAsync("[name=duration]", "30m");
        await page.FillAsync("[name=priority]", "42");
        await page.FillAsync("[name=note]", "ice");
        await page.ShowsAsync(".preview", "BRIDGE");
        await page.ClickAsync("form.message [type=submit]");
        await page.ShowsAsync(".outcome", "Taken.");
        await page.ShowsAsync(".shows .face", "BRIDGE\nCLOSED");
        await page.ShowsAsync("#main", "Confirmed by the board"); // its device said so over MQTT
        await page.ShowsAsync("#main", "priority 42, by op");
        var board = await new Browser(service.Http.BaseAddress!).LoginAsync("op");
        using (board)
        {
            Assert.Contains("\"[jp3][jl3]BRIDGE[nl]CLOSED\"", await board.Client.GetStringAsync(new Uri("api/v1/boards/int-3/b-1", UriKind.Relative)), StringComparison.Ordinal);
        }

        await page.ClickAsync("form.message .buttons [type=button]");
        await page.ShowsAsync(".outcome", "Withdrawn.");
        await page.ShowsAsync("#main", "None stands");
        await page.ShowsAsync("#main table", "manual: ended");
        Assert.True(device.Received.Count >= 2);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task SignIn_WrongThenRight_ShowsTheCityAndKeepsNoSecret()
    {
        await using var page = await OpenAsync("");
        await page.UntilAsync("document.getElementById('sign-in').open");
        await page.ShowsAsync("#connection", "Not signed in");
        await page.FillAsync("#sign-in [name=name]", "reader");
        await page.FillAsync("#sign-in [name=password]", "wrong");
        await page.EvaluateAsync("document.querySelector('#sign-in [name=password]').focus()");
        await page.PressAsync("Enter", 13);
        await page.ShowsAsync("#sign-in .problem", "the account or its password is wrong");
        await SignInAsync(page, "reader");
        await page.ShowsAsync("#account", "reader (viewer)");
        await page.ShowsAsync("#main", "int-3");
        Assert.Equal("0 0 ", (await page.EvaluateAsync("`${localStorage.length} ${sessionStorage.length} ${location.search}`")).GetString());
        Assert.All(page.Requests, address => Assert.DoesNotContain("secret", address, StringComparison.Ordinal));

        // A viewer looks, and is told why that is all.
        await page.EvaluateAsync("location.hash = '#/boards/int-3/b-1'");
        await page.ShowsAsync("form.message", "that takes the role operator");
        await page.ShowsAsync("#main", "None stands");
        Assert.True((await page.EvaluateAsync("document.querySelector('form.message textarea').matches(':disabled')")).GetBoolean());

        await page.ClickAsync("#account button");
        await page.ShowsAsync("#connection", "Not signed in");
        await page.UntilAsync("!document.getElementById('main').innerText.includes('None stands')");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task SignIn_WithAKey_IsSentAsAHeaderAndReads()
    {
        await using var page = await OpenAsync("#/boards");
        await page.UntilAsync("document.getElementById('sign-in').open");
        await page.FillAsync("#sign-in [name=key]", key);
        await page.ClickAsync("#sign-in [type=submit]");
        await page.ShowsAsync("#main", "int-3 / b-1");
        await page.ShowsAsync("#connection", "Live");
        Assert.All(page.Requests, address => Assert.DoesNotContain("tck_", address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Login_EndsWhileSomebodyLooks_IsAskedForAgain()
    {
        await using var page = await OpenAsync("");
        await SignInAsync(page, "reader");
        await page.ShowsAsync("#connection", "Live");
        accounts.Remove("reader");
        accounts.Write();
        await page.ShowsAsync("#stale", "Stale since");
        await page.UntilAsync("document.getElementById('sign-in').open");
    }

    private Task<ChromiumPage> OpenAsync(string view) => browser.OpenAsync(new Uri(service.Http.BaseAddress!, "/" + view));

    private static async Task SignInAsync(ChromiumPage page, string name)
    {
        await page.UntilAsync("document.getElementById('sign-in').open");
        await page.FillAsync("#sign-in [name=name]", name);
        await page.FillAsync("#sign-in [name=password]", AccountFile.PasswordOf(name));
        await page.ClickAsync("#sign-in [type=submit]");
        await page.UntilAsync("!document.getElementById('sign-in').open");
    }
}
