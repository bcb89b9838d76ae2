using System.Buffers;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace TrafficCore.Host.Live;

/// <summary>Writes what a client has to be told to its response, until one of the two ends it.</summary>
internal static class LiveStream
{
    // So many bytes go to the socket at a time: few enough that what waits behind them is still the latest when its turn comes.
    private const int FlushBytes = 16 * 1024;

    public static async Task WriteAsync(HttpContext context, LiveClient client, LiveContent content, LiveMetrics metrics, TimeProvider time)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx collects answers otherwise
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null; // meant for answers that have an end, it cuts off who pauses for seconds; the feed has a timeout of its own
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(client.Ended, context.RequestAborted);
        context.Response.BodyWriter.Write("retry: 2000\n\n"u8); // a restart takes about as long
        try
        {
            do
            {
                await WriteWaitingAsync(context.Response, client, content, metrics, time, end.Token);
            }
            while (await client.Queue.WaitAsync(end.Token));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // A client that took nothing just then is cut off by the server; any other gets the end of its answer.
        }
    }

    private static async Task WriteWaitingAsync(
        HttpResponse response, LiveClient client, LiveContent content, LiveMetrics metrics, TimeProvider time, CancellationToken end)
    {
        var unflushed = 0;
        while (client.Queue.TryTake(out var key))
        {
            if (content.Read(key) is not { } found)
            {
                continue;
            }

            response.BodyWriter.Write(found.Frame.Span);
            metrics.Written(found.Kind);
            unflushed += found.Frame.Length;
            if (unflushed >= FlushBytes)
            {
                await FlushAsync();
                unflushed = 0;
            }
        }

        await FlushAsync();

        async ValueTask FlushAsync()
        {
            client.FlushingSince = time.GetTimestamp();
            await response.BodyWriter.FlushAsync(end);
            client.FlushingSince = 0;
        }
    }
}
