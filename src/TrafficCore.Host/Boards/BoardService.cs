using TrafficCore.Boards;
using TrafficCore.Boards.Delivery;
using TrafficCore.Host.Configuration;
using TrafficCore.Mqtt.Broker;

namespace TrafficCore.Host.Boards;

/// <summary>Runs the boards' loop and feeds it: status and state from the broker, boards from the network in force, rules from configuration and file.</summary>
/// <remarks>Ownership: started and stopped once by the service; what comes from other threads goes through the worker's thread-safe inputs.</remarks>
internal sealed class BoardService : IAsyncDisposable
{
    private readonly BoardWorker worker;
    private readonly RulesSource rules;
    private readonly CancellationTokenSource stop = new();
    private readonly IDisposable[] subscriptions;
    private readonly int rootLevels;
    private Task loop = Task.CompletedTask;

    public BoardService(BoardWorker worker, MqttBroker broker, ServiceSettings settings, TimeProvider time, ILogger<RulesSource> logger)
    {
        this.worker = worker;
        var root = settings.Mqtt.TopicRoot;
        rootLevels = root.Count(c => c == '/') + 1;
        rules = new RulesSource(settings, time, worker.Configure, logger);
        subscriptions = [broker.SubscribeLocal($"{root}/+/board/+/status", OnStatus), broker.SubscribeLocal($"{root}/+/board/+/state", OnState)];
    }

    /// <summary>What is wrong with the rules file as it is now; empty when it is in force.</summary>
    public IReadOnlyList<ConfigurationError> RuleErrors => rules.Errors;

    /// <summary>Begins to judge. Recovery is over by now: rules never see a half-recovered city.</summary>
    public void Start()
    {
        rules.Start();
        loop = Task.Run(() => worker.RunAsync(stop.Token));
    }

    /// <summary>The boards of another version of the network.</summary>
    public void Configure(Traffic.Network.RoadNetwork network) => worker.Configure(BoardNetwork.From(network));

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(subscriptions, static s => s.Dispose());
        await rules.DisposeAsync();
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
    }

    // Both on the publisher's read loop: they parse a small payload and hand it over, never wait.
    private void OnStatus(ApplicationMessage message)
    {
        if (message.Payload.Length > 0 && BoardMessageJson.ReadStatus(message.Payload.Span) is { } said)
        {
            worker.Report(Key(message), said);
        }
    }

    private void OnState(ApplicationMessage message)
    {
        if (message.Payload.Length > 0 && BoardMessageJson.ReadOnline(message.Payload.Span) is { } online)
        {
            worker.Connected(Key(message), online);
        }
    }

    private BoardKey Key(ApplicationMessage message)
    {
        var levels = message.Topic.Split('/');
        return new BoardKey(levels[rootLevels], levels[rootLevels + 2]);
    }
}
