using TrafficCore.Boards;
using TrafficCore.Boards.Delivery;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Host.Boards;

/// <summary>Feeds the boards' loop: windows from the pipeline, status from the broker, boards from the network in force.</summary>
/// <remarks>Ownership: started and stopped once by the service; three loops that share nothing but the worker's thread-safe inputs.</remarks>
internal sealed class BoardService : IAsyncDisposable
{
    // The newest windows of a city's intersections that close together; older ones lose to newer ones anyway.
    private const int FeedCapacity = 4096;

    private readonly BoardWorker worker;
    private readonly TrafficPipeline pipeline;
    private readonly CancellationTokenSource stop = new();
    private readonly IDisposable status;
    private readonly int rootLevels;
    private WindowSubscription? feed;
    private Task loops = Task.CompletedTask;

    public BoardService(BoardWorker worker, TrafficPipeline pipeline, MqttBroker broker, string topicRoot)
    {
        this.worker = worker;
        this.pipeline = pipeline;
        rootLevels = topicRoot.Count(c => c == '/') + 1;
        status = broker.SubscribeLocal($"{topicRoot}/+/board/+/status", message => OnStatus(message.Topic, message.Payload.Span));
    }

    /// <summary>Begins to judge. Recovery is over by now: rules never see a half-recovered city.</summary>
    public void Start()
    {
        feed = pipeline.Latest.Subscribe(FeedCapacity);
        foreach (var window in pipeline.Latest.All)
        {
            worker.Observe(window.Rows);
        }

        loops = Task.WhenAll(Task.Run(() => worker.RunAsync(stop.Token)), Task.Run(() => FeedAsync(feed)));
    }

    /// <summary>The boards of another version of the network.</summary>
    public void Configure(Traffic.Network.RoadNetwork network) => worker.Configure(BoardDefinition.From(network));

    public async ValueTask DisposeAsync()
    {
        status.Dispose();
        feed?.Dispose();
        await stop.CancelAsync();
        await loops;
        stop.Dispose();
    }

    private async Task FeedAsync(WindowSubscription windows)
    {
        await foreach (var window in windows.ReadAllAsync(CancellationToken.None))
        {
            worker.Observe(window.Rows);
        }
    }

    /// <summary>Takes what a board says, from whichever broker. On that broker's read loop: parses a small payload and hands it over, never waits.</summary>
    public void OnStatus(string topic, ReadOnlySpan<byte> payload)
    {
        var levels = topic.Split('/');
        if (payload.Length > 0 && levels.Length > rootLevels + 2 && BoardMessageJson.ReadStatus(payload) is { } said)
        {
            worker.Report(new BoardKey(levels[rootLevels], levels[rootLevels + 2]), said);
        }
    }
}
