using Microsoft.Extensions.Logging;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What all connections of a broker share. Built once; its parts keep their own ownership rules.</summary>
internal sealed class BrokerRuntime
{
    private readonly TimeProvider _time;
    private readonly long _started;
    private int _tick;

    public BrokerRuntime(
        BrokerOptions options, IPublishIngress ingress, IClientAuthenticator authenticator, IClientAccess access, TimeProvider time,
        BrokerMetrics metrics, ILogger logger, SessionJournal? journal = null)
    {
        Journal = journal;
        Options = options;
        Ingress = ingress;
        Authenticator = authenticator;
        Access = access;
        _time = time;
        _started = time.GetTimestamp();
        Metrics = metrics;
        Logger = logger;
        Troubles = new TroubleLog(logger, time);
        Addresses = new AddressLimits(options.MaxConnectionsPerAddress, options.MaxConnectsPerSecond, time);
        QueueRoom = new QueueRoom(options.QueueBytesTotal, options.MaxSessions);
        Sessions = new SessionRegistry(options.MaxSessions, options.MaxSessionsPerAccount, journal is not null);
        Router = new MessageRouter(options, metrics, (message, e) => BrokerLog.HandlerFailed(logger, message.Topic, e));
    }

    public BrokerOptions Options { get; }

    public IPublishIngress Ingress { get; }

    public IClientAuthenticator Authenticator { get; }

    public IClientAccess Access { get; }

    public BrokerMetrics Metrics { get; }

    public ILogger Logger { get; }

    public TroubleLog Troubles { get; }

    public AddressLimits Addresses { get; }

    public SessionRegistry Sessions { get; }

    public QueueRoom QueueRoom { get; }

    public MessageRouter Router { get; }

    /// <summary>Held while a filter with wildcards is searched for in what is retained: one search at a time, in the order of asking. Never disposed: it owns no handle.</summary>
    public SemaphoreSlim RetainedSearch { get; } = new(1);

    /// <summary>What outlives the service; null when nothing does.</summary>
    public SessionJournal? Journal { get; }

    /// <summary>How far the journal is durable: nothing it must hold leaves before.</summary>
    public long JournalEnd => Journal?.DurableEnd ?? 0;

    public CancellationTokenSource Stopping { get; } = new();

    public TimeProvider Time => _time;

    /// <summary>Monotonic milliseconds since the broker was made.</summary>
    public long NowMs => (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>
    /// Seconds that the monitor has seen pass. Read loops note it instead of asking a clock at each read, and a process that was held up cannot
    /// take its own delay for a client's silence.
    /// </summary>
    public int Tick => Volatile.Read(ref _tick);

    public RoutingPass NewPass() => new(Journal);

    /// <summary>Ends a pass that no read loop ends: waits for room in the journal, not for its disk.</summary>
    public async ValueTask FinishAsync(RoutingPass pass)
    {
        if (pass.HasRecords)
        {
            await pass.CommitAsync(null, Stopping.Token);
        }

        pass.SignalAll();
    }

    /// <summary>
    /// Ends a pass that nobody may be held up by, such as that of a session whose successor waits: without room in the journal it goes on by itself.
    /// </summary>
    public void Finish(RoutingPass pass)
    {
        if (pass.TryCommit(null, out _))
        {
            pass.SignalAll();
        }
        else
        {
            _ = FinishLaterAsync(pass);
        }
    }

    public int AdvanceTick() => Interlocked.Increment(ref _tick);

    private async Task FinishLaterAsync(RoutingPass pass)
    {
        try
        {
            await FinishAsync(pass);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The service stops while the disk refuses: nobody was told that it was kept.
        }
    }
}
