using Microsoft.Extensions.Logging;
using TrafficCore.Storage.Delivery;

namespace TrafficCore.Storage.Influx;

/// <summary>Sends again from the embedded store what the output does not hold any more, before anything newer is sent.</summary>
/// <remarks>Ownership: the sink's loop, whose batch it uses while that is empty.</remarks>
internal sealed class GapRefill(
    SinkRefill refill, PointBatch batch, Func<Task> sendBatch, InfluxOptions options, SinkProgress progress, StorageMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>Makes up for a gap; false when it was told to stop meanwhile, and begins again after the next start.</summary>
    public async Task<bool> TryRunAsync(OutputEntry gap, CancellationToken stop, CancellationToken abort)
    {
        if (refill.Covers(gap.Next))
        {
            return true;
        }

        logger.Refilling(InfluxSink.SinkName, gap.Position, gap.Next, DateTimeOffset.FromUnixTimeMilliseconds(refill.SinceMs));
        long before = progress.RefilledRows;
        if (!await TryWaitForStoreAsync(gap.Next, stop, abort) || !await TrySendAsync(stop))
        {
            return false;
        }

        logger.Refilled(InfluxSink.SinkName, progress.RefilledRows - before, gap.Next);
        return true;
    }

    private async Task<bool> TryWaitForStoreAsync(long position, CancellationToken stop, CancellationToken abort)
    {
        while (!refill.IsReadyFor(position))
        {
            if (stop.IsCancellationRequested)
            {
                return false;
            }

            progress.Failed("waits for the embedded store, which is behind, to refill what was skipped");
            await Task.Delay(options.MaxRetryDelay, time, abort);
        }

        return true;
    }

    private async Task<bool> TrySendAsync(CancellationToken stop)
    {
        batch.Clear();
        IEnumerable<OutputEntry> entries = refill.Begin(out long coversTo);
        foreach (OutputEntry entry in entries)
        {
            batch.Add(entry);
            if (batch.Rows >= options.BatchPoints && !await TrySendBatchAsync(stop))
            {
                return false;
            }
        }

        if (!await TrySendBatchAsync(stop))
        {
            return false;
        }

        refill.Completed(coversTo);
        return true;
    }

    private async Task<bool> TrySendBatchAsync(CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return false;
        }

        await sendBatch();
        progress.Refilled(batch.Rows);
        metrics.Refilled(InfluxSink.SinkName, batch.Rows);
        batch.Clear();
        return true;
    }
}
