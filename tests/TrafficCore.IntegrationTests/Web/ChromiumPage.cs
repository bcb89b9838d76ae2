using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Web;

/// <summary>A page of the browser: what it shows, what it asked for, what went wrong in it.</summary>
internal sealed class ChromiumPage(DevToolsConnection connection, string session, string target) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly ConcurrentQueue<string> requests = new();
    private readonly ConcurrentQueue<string> faults = new();

    /// <summary>Addresses of all requests so far.</summary>
    public IReadOnlyCollection<string> Requests => requests;

    /// <summary>Exceptions that nobody caught, and what the policy of the page forbade.</summary>
    public IReadOnlyCollection<string> Faults => faults;

    public async Task BeginAsync(Uri address)
    {
        connection.Said += Take;
        foreach (var domain in new[] { "Page", "Runtime", "Network", "Log" })
        {
            await SendAsync(domain + ".enable", []);
        }

        await SendAsync("Page.navigate", new JsonObject { ["url"] = address.ToString() });
        await UntilAsync("document.readyState === 'complete' && location.protocol === 'http:'");
    }

    /// <summary>The value of an expression in the page; promises are waited for.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.False(answer.TryGetProperty("exceptionDetails", out var details), details.ToString());
        return answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Waits until an expression is true; the failure shows the text of the page.</summary>
    public Task UntilAsync(string expression) => Eventually.ReachesAsync(
        async () =>
        {
            try
            {
                return (await EvaluateAsync($"Boolean({expression})")).GetBoolean() ? null : $"not yet {expression}\n{await EvaluateAsync("document.body?.innerText")}";
            }
            catch (InvalidOperationException between)
            {
                return between.Message; // one document is gone and the next is not there yet
            }
        },
        Deadline);

    /// <summary>Waits until an element holds a text.</summary>
    public Task ShowsAsync(string selector, string text) => UntilAsync($"document.querySelector({Quote(selector)})?.innerText.includes({Quote(text)})");

    /// <summary>Writes into a field as a person does: the page hears of it.</summary>
    public Task FillAsync(string selector, string text) => EvaluateAsync(
        $"(field => {{ field.value = {Quote(text)}; field.dispatchEvent(new Event('input', {{ bubbles: true }})); field.dispatchEvent(new Event('change', {{ bubbles: true }})); }})(document.querySelector({Quote(selector)}))");

    public Task ClickAsync(string selector) => EvaluateAsync($"document.querySelector({Quote(selector)}).click()");

    /// <summary>Presses a key where the focus is.</summary>
    public async Task PressAsync(string key, int code)
    {
        foreach (var type in new[] { "keyDown", "keyUp" })
        {
            await SendAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code, ["text"] = type == "keyDown" && key == "Enter" ? "\r" : "" });
        }
    }

    /// <summary>From now on the screen is of this width, and the reader prefers this colour scheme.</summary>
    public async Task LookAsync(int width, string scheme)
    {
        await SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await SendAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });
    }

    public async ValueTask DisposeAsync()
    {
        connection.Said -= Take;
        await connection.SendAsync("Target.closeTarget", new JsonObject { ["targetId"] = target });
    }

    public static string Quote(string text) => JsonSerializer.Serialize(text);

    private Task<JsonElement> SendAsync(string method, JsonObject parameters) => connection.SendAsync(method, parameters, session);

    private void Take(string? from, string method, JsonElement parameters)
    {
        if (from != session)
        {
            return;
        }

        if (method == "Network.requestWillBeSent")
        {
            requests.Enqueue(parameters.GetProperty("request").GetProperty("url").GetString()!);
        }
        else if (method == "Runtime.exceptionThrown")
        {
            faults.Enqueue(parameters.GetProperty("exceptionDetails").ToString());
        }
        else if (method == "Log.entryAdded" && parameters.GetProperty("entry") is var entry && entry.GetProperty("source").GetString() is not "network")
        {
            faults.Enqueue(entry.GetProperty("text").GetString()!);
        }
    }
}
