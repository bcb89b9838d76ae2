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
        subscriptions = [broker.SubscribeLocal($"{root}/+/board/+/status", Hear), broker.SubscribeLocal($"{root}/+/board/+/state", Hear)];
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

    /// <summary>Takes what a board says, from whichever broker. On that broker's read loop: parses a small payload and hands it over, never waits.</summary>
    /// <param name="topic">Topic name; what is neither a board's status nor its state is ignored.</param>
    /// <param name="payload">Borrowed for the call.</param>
    public void Hear(string topic, ReadOnlySpan<byte> payload)
    {
        var levels = topic.Split('/');
        if (payload.IsEmpty || levels.Length != rootLevels + 4)
        {
            return;
        }

        var board = new BoardKey(levels[rootLevels], levels[rootLevels + 2]);
        if (levels[^1] == "status" && BoardMessageJson.ReadStatus(payload) is { } said)
        {
            worker.Report(board, said);
        }
        else if (levels[^1] == "state" && BoardMessageJson.ReadOnline(payload) is { } online)
        {
            worker.Connected(board, online);
        }
    }

    private void Hear(ApplicationMessage message) => Hear(message.Topic, message.Payload.Span);
}
