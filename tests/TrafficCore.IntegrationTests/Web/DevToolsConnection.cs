using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrafficCore.IntegrationTests.Web;

/// <summary>The Chrome DevTools Protocol over its WebSocket: commands with answers, and events.</summary>
/// <remarks>Ownership: commands from any task; one loop reads.</remarks>
internal sealed class DevToolsConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> waiting = new();
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;
    private int last;

    private DevToolsConnection()
    {
    }

    /// <summary>An event of a session: session id, method, parameters.</summary>
    public event Action<string?, string, JsonElement>? Said;

    public static async Task<DevToolsConnection> OpenAsync(Uri address)
    {
        var connection = new DevToolsConnection();
        await connection.socket.ConnectAsync(address, CancellationToken.None);
        connection.loop = Task.Run(connection.ReadAsync);
        return connection;
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <exception cref="InvalidOperationException">The browser refuses it.</exception>
    public async Task<JsonElement> SendAsync(string method, JsonObject parameters, string? session = null)
    {
        var id = Interlocked.Increment(ref last);
        var answer = waiting[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        var command = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null)
        {
            command["sessionId"] = session;
        }

        await writing.WaitAsync();
        try
        {
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(command), WebSocketMessageType.Text, endOfMessage: true, stop.Token);
        }
        finally
        {
            writing.Release();
        }

        return await answer.Task.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        socket.Dispose();
        writing.Dispose();
        stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            var buffer = new byte[64 * 1024];
            using var message = new MemoryStream();
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer, stop.Token);
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    using var json = JsonDocument.Parse(message.GetBuffer().AsMemory(0, (int)message.Length));
                    Take(json.RootElement);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or WebSocketException)
        {
            foreach (var answer in waiting.Values)
            {
                answer.TrySetException(new InvalidOperationException("The browser is gone."));
            }
        }
    }

    private void Take(JsonElement message)
    {
        if (!message.TryGetProperty("id", out var id))
        {
            Said?.Invoke(message.TryGetProperty("sessionId", out var session) ? session.GetString() : null, message.GetProperty("method").GetString()!, message.GetProperty("params").Clone());
        }
        else if (waiting.TryRemove(id.GetInt32(), out var answer))
        {
            if (message.TryGetProperty("error", out var error))
            {
                answer.TrySetException(new InvalidOperationException(error.ToString()));
            }
            else
            {
                answer.TrySetResult(message.GetProperty("result").Clone());
            }
        }
    }
}
