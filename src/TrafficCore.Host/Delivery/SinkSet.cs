using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.Delivery;

namespace TrafficCore.Host.Delivery;

/// <summary>The sinks of a service: starts them, keeps the output log from deleting what they need, stops them.</summary>
/// <remarks>Ownership: started and stopped once by the service; <see cref="Sinks"/> may be read from any thread.</remarks>
internal sealed class SinkSet : IAsyncDisposable
{
    // Retention deletes whole segments after snapshots, minutes apart: a hold that is some seconds old costs nothing.
    private static readonly TimeSpan HoldInterval = TimeSpan.FromSeconds(5);

    private readonly (IOutputSink Sink, OutputHold Hold)[] sinks;
    private readonly ITimer timer;

    public SinkSet(OutputLog output, IEnumerable<IOutputSink> sinks, TimeProvider time)
    {
        // A sink knows its cursor when it has started; until then everything is held.
        this.sinks = [.. sinks.Select(s => (s, output.Hold(s.Name, 0)))];
        timer = time.CreateTimer(_ => Advance(), null, HoldInterval, HoldInterval);
    }

    public IEnumerable<IOutputSink> Sinks => sinks.Select(s => s.Sink);

    public void Start()
    {
        foreach (var (sink, _) in sinks)
        {
            sink.Start();
        }
    }

    /// <summary>Lets every sink deliver what is durable, side by side, within the given time.</summary>
    public async Task StopAsync(TimeSpan bound, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(bound, time);
        await Task.WhenAll(sinks.Select(s => s.Sink.StopAsync(limit.Token)));
        Advance();
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        foreach (var (sink, hold) in sinks)
        {
            if (sink is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync();
            }

            hold.Dispose();
        }
    }

    private void Advance()
    {
        foreach (var (sink, hold) in sinks)
        {
            hold.Advance(sink.Cursor);
        }
    }
}
