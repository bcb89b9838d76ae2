using Microsoft.Extensions.Logging;
using TrafficCore.Storage.Delivery;

namespace TrafficCore.Storage.Influx;

/// <summary>Tries again what may succeed later, for ever, with growing waits; tells an operator while it does.</summary>
/// <remarks>Ownership: the sink's loop.</remarks>
internal sealed class RetryingSender(
    IPointSender inner, InfluxOptions options, TimeProvider time, Random random, SinkProgress progress, StorageMetrics metrics, ILogger logger) : IPointSender
{
    public Task<SendOutcome> SendAsync(PointRange points, CancellationToken cancellation) =>
        UntilDecidedAsync(() => inner.SendAsync(points, cancellation), cancellation);

    /// <summary>Repeats a request until its outcome is anything but <see cref="SendResult.Retry"/>.</summary>
    public async Task<SendOutcome> UntilDecidedAsync(Func<Task<SendOutcome>> request, CancellationToken cancellation)
    {
        TimeSpan delay = options.RetryDelay;
        while (true)
        {
            SendOutcome outcome = await request();
            if (outcome.Result != SendResult.Retry)
            {
                return outcome;
            }

            TimeSpan wait = Wait(outcome.RetryAfter, delay);
            progress.Failed(outcome.Reason);
            metrics.Retried(InfluxSink.SinkName, outcome.RetryAfter is null ? "failed" : "asked");
            logger.Retrying(InfluxSink.SinkName, wait, outcome.Reason);
            await Task.Delay(wait, time, cancellation);
            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, options.MaxRetryDelay.Ticks));
        }
    }

    private TimeSpan Wait(TimeSpan? retryAfter, TimeSpan delay)
    {
        if (retryAfter is { } asked)
        {
            return TimeSpan.FromTicks(Math.Clamp(asked.Ticks, options.RetryDelay.Ticks, Math.Max(options.RetryDelay.Ticks, options.MaxRetryAfter.Ticks)));
        }

        // Half fixed, half random: many services that lost one database do not come back in step.
        return delay / 2 + delay / 2 * random.NextDouble();
    }
}
