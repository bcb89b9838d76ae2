using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.Delivery;

namespace TrafficCore.Host.Delivery;

/// <summary>The sinks of a service: starts them, keeps the output log from deleting what they need, stops them.</summary>
/// <remarks>
/// Ownership: started and stopped once by the service; <see cref="Sinks"/> may be read from any thread. A sink that is further behind than its bound loses its
/// hold on what lies beyond: the log may delete it, and the sink finds a gap when it comes there.
/// </remarks>
internal sealed class SinkSet : IAsyncDisposable
{
    // Retention deletes whole segments after snapshots, minutes apart: a hold that is some seconds old costs nothing.
    private static readonly TimeSpan HoldInterval = TimeSpan.FromSeconds(5);

    private readonly Member[] members;
    private readonly OutputLog output;
    private readonly StorageMetrics metrics;
    private readonly ILogger logger;
    private readonly ITimer timer;

    public SinkSet(OutputLog output, IEnumerable<BoundedSink> sinks, TimeProvider time, StorageMetrics metrics, ILogger logger)
    {
        this.output = output;
        this.metrics = metrics;
        this.logger = logger;

        // A sink knows its cursor when it has started; until then everything is held.
        members = [.. sinks.Select(s => new Member(s, output.Hold(s.Sink.Name, 0)))];
        timer = time.CreateTimer(_ => Advance(), null, HoldInterval, HoldInterval);
    }

    public IEnumerable<IOutputSink> Sinks => members.Select(m => m.Bounded.Sink);

    public IEnumerable<BoundedSink> Bounded => members.Select(m => m.Bounded);

    public void Start()
    {
        foreach (var sink in Sinks)
        {
            sink.Start();
        }
    }

    /// <summary>Lets every sink deliver what is durable, side by side, until the limit.</summary>
    public async Task StopAsync(CancellationToken limit)
    {
        await Task.WhenAll(Sinks.Select(s => s.StopAsync(limit)));
        Advance();
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        foreach (var member in members)
        {
            if (member.Bounded.Sink is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync();
            }

            member.Hold.Dispose();
        }
    }

    private void Advance()
    {
        foreach (var member in members)
        {
            var (sink, maxBacklog, remedy) = member.Bounded;
            var cursor = sink.Cursor;
            var bound = output.DurableEnd - maxBacklog;
            member.Hold.Advance(Math.Max(cursor, bound));

            // Also said again after a restart: it still goes on.
            var isBeyond = bound > cursor;
            if (isBeyond && !member.IsBeyond)
            {
                metrics.BacklogExceeded(sink.Name);
                SinkLog.BacklogExceeded(logger, sink.Name, output.DurableEnd - cursor, maxBacklog, remedy);
            }
            else if (!isBeyond && member.IsBeyond)
            {
                SinkLog.BacklogWithin(logger, sink.Name);
            }

            member.IsBeyond = isBeyond;
        }
    }

    private sealed class Member(BoundedSink bounded, OutputHold hold)
    {
        public BoundedSink Bounded => bounded;

        public OutputHold Hold => hold;

        public bool IsBeyond { get; set; }
    }
}

/// <summary>A sink and how much of the log it may hold.</summary>
/// <param name="Sink">The sink.</param>
/// <param name="MaxBacklog">Bytes of output.</param>
/// <param name="Remedy">What becomes of what is beyond, for an operator.</param>
internal sealed record BoundedSink(IOutputSink Sink, long MaxBacklog, string Remedy);
