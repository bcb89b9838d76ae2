using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Web;

/// <summary>Debian's browser without a window, told what to do over the Chrome DevTools Protocol. One for a class of tests; each page has cookies of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Announcement = "DevTools listening on ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory profile = new();
    private Process? process;
    private DevToolsConnection? connection;

    public async ValueTask InitializeAsync()
    {
        if (RequiredTools.Find("chromium") is not { } program)
        {
            return; // the tests say that they are skipped
        }

        process = Process.Start(new ProcessStartInfo(program)
        {
            ArgumentList =
            {
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-port=0", $"--user-data-dir={profile["chromium"]}", "about:blank",
            },
            RedirectStandardError = true,
        })!;
        connection = await DevToolsConnection.OpenAsync(await AddressAsync(process).WaitAsync(Patience));
    }

    /// <summary>Opens an address in a new page.</summary>
    internal async Task<ChromiumPage> OpenAsync(Uri address)
    {
        Assert.SkipWhen(connection is null, "chromium is not installed (Debian package chromium)");
        var context = await connection!.SendAsync("Target.createBrowserContext", []);
        var target = await connection.SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank", ["browserContextId"] = Text(context, "browserContextId") });
        var session = await connection.SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = Text(target, "targetId"), ["flatten"] = true });
        var page = new ChromiumPage(connection, Text(session, "sessionId"), Text(target, "targetId"));
        await page.BeginAsync(address);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }

        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().WaitAsync(Patience);
            process.Dispose();
        }

        profile.Dispose();
    }

    private static string Text(JsonElement answer, string name) => answer.GetProperty(name).GetString()!;

    // It chooses a port and says which; what it says after that is read too, so that it never waits for a full pipe.
    private static async Task<Uri> AddressAsync(Process browser)
    {
        var found = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        browser.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                found.TrySetException(new InvalidOperationException("chromium ended"));
            }
            else if (line.Data.StartsWith(Announcement, StringComparison.Ordinal))
            {
                found.TrySetResult(new Uri(line.Data[Announcement.Length..]));
            }
        };
        browser.BeginErrorReadLine();
        return await found.Task;
    }
}
