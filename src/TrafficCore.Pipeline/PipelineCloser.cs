using TrafficCore.Pipeline.Dispatch;

namespace TrafficCore.Pipeline;

/// <summary>Takes a pipeline apart, front to back, so that everything that is under way finds its next station still open.</summary>
internal static class PipelineCloser
{
    /// <summary>Commits, applies and writes what is under way, takes a last snapshot, and closes.</summary>
    public static async Task StopAsync(PipelineParts parts, CancellationToken cancellationToken)
    {
        // From here on a disk that takes nothing is not waited for: what is not durable then is made again at the next start.
        parts.Output.Writer.Abandon();
        parts.Pages.Abandon();
        try
        {
            if (!parts.Environment.Health.IsFaulted)
            {
                // Closing the input log commits what is in its buffers and hands it to the shards; a fault meanwhile must not hold it.
                parts.Dispatcher.Release();
                await parts.Input.DisposeAsync();
                await parts.Snapshots.TakeAsync(mayDelete: false, cancellationToken);
            }
        }
        finally
        {
            await AbandonAsync(parts);
        }
    }

    /// <summary>Closes without a snapshot; the next start replays. What is acknowledged is in the log.</summary>
    public static async Task AbandonAsync(PipelineParts parts)
    {
        parts.Output.Writer.Abandon();
        parts.Pages.Abandon();
        parts.Dispatcher.Release();
        await parts.Input.DisposeAsync();
        var position = parts.Dispatcher.End;
        await Task.Run(() => Join(parts));
        parts.Output.Log.Complete();
        parts.Snapshots.Dispose();
        parts.Ledger.Dispose();
        parts.Pages.Dispose();
        parts.Output.File.Dispose();
        parts.Metrics.Dispose();
        parts.Directory.Dispose();
        PipelineLog.Stopped(parts.Environment.Logger, position);
    }

    // Shards first: until they end they may write outputs.
    private static void Join(PipelineParts parts)
    {
        foreach (var shard in parts.Shards)
        {
            shard.Complete();
        }

        foreach (var shard in parts.Shards)
        {
            shard.Join();
        }

        parts.Output.Writer.Dispose();
        parts.Received.Dispose();
    }
}
