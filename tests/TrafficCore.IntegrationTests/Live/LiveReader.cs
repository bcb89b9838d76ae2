using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Channels;

namespace TrafficCore.IntegrationTests.Live;

/// <summary>An event as a client read it.</summary>
internal sealed record LiveMessage(string Kind, string? Id, JsonElement Data, long Timestamp)
{
    public string? Text(string name) => Data.TryGetProperty(name, out var value) ? value.ToString() : null;

    public bool IsOpen => Data.TryGetProperty("open", out var open) && open.GetBoolean();

    public JsonElement Row => Data.GetProperty("row");
}

/// <summary>A client of the live feed, with the framework's parser of event streams.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly HttpResponseMessage answer;
    private readonly Channel<LiveMessage> messages = Channel.CreateUnbounded<LiveMessage>();
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    private LiveReader(HttpResponseMessage answer)
    {
        this.answer = answer;
        loop = Task.Run(ReadAsync);
    }

    public HttpResponseMessage Answer => answer;

    public static async Task<LiveReader> OpenAsync(HttpClient http, string question = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/live" + question);
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new LiveReader(answer);
    }

    /// <summary>The next event of which it holds; those before it are passed over.</summary>
    public async Task<LiveMessage> NextAsync(Func<LiveMessage, bool> match)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var message = await messages.Reader.ReadAsync(limit.Token);
            if (match(message))
            {
                return message;
            }
        }
    }

    /// <summary>What has been read and not been asked for.</summary>
    public List<LiveMessage> Waiting()
    {
        List<LiveMessage> found = [];
        while (messages.Reader.TryRead(out var message))
        {
            found.Add(message);
        }

        return found;
    }

    /// <summary>Waits for the end of the stream: regular, not a broken connection.</summary>
    public async Task EndsAsync() => await loop.WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        answer.Dispose();
        await Task.WhenAny(loop);
        stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(stop.Token);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(stop.Token))
            {
                using var json = JsonDocument.Parse(item.Data);
                messages.Writer.TryWrite(new LiveMessage(item.EventType, item.EventId, json.RootElement.Clone(), TimeProvider.System.GetTimestamp()));
            }
        }
        finally
        {
            messages.Writer.TryComplete();
        }
    }
}
