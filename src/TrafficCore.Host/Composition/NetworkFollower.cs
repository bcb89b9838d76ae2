using TrafficCore.Pipeline;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host.Composition;

/// <summary>Tells the rooms when another version of the road network is durable.</summary>
/// <remarks>Ownership: one loop calls the subscribers, one after the other, for the first version as well.</remarks>
internal sealed class NetworkFollower : IAsyncDisposable
{
    // A network changes some times a year; a second later is soon enough for boards and maps.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private readonly NetworkHistory networks;
    private readonly Action<RoadNetwork> changed;
    private readonly TimeProvider time;
    private Task loop = Task.CompletedTask;

    public NetworkFollower(NetworkHistory networks, TimeProvider time, Action<RoadNetwork> changed)
    {
        this.networks = networks;
        this.time = time;
        this.changed = changed;
    }

    public void Start() => loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        uint known = 0;
        try
        {
            do
            {
                if (networks.Current is { } current && current.Version != known)
                {
                    known = current.Version;
                    changed(current.Network);
                }
            }
            while (await timer.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
