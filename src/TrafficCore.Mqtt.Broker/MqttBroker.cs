using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>The MQTT server: connections, sessions, subscriptions, retained messages, and the service's own way to publish and subscribe.</summary>
/// <remarks>Ownership: any thread may call any member.</remarks>
public sealed class MqttBroker : IAsyncDisposable
{
    private readonly BrokerRuntime _runtime;
    private readonly ConnectionMonitor _monitor;
    private readonly ConcurrentDictionary<MqttConnection, bool> _connections = [];
    private IReadOnlyList<PendingWill> _keptWills = [];
    private int _connectionCount;

    /// <summary>
    /// Creates a broker; connections are served from here on, timeouts from <see cref="Start"/>. With a journal, which its owner closes after it, sessions and
    /// retained messages are those of the broker's last life.
    /// </summary>
    public MqttBroker(
        BrokerOptions options,
        IPublishIngress ingress,
        IClientAuthenticator authenticator,
        IClientAccess access,
        TimeProvider time,
        IMeterFactory meters,
        ILoggerFactory loggers,
        SessionJournal? journal = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(meters);
        var metrics = new BrokerMetrics(meters);
        _runtime = new BrokerRuntime(options, ingress, authenticator, access, time, metrics, loggers.CreateLogger<MqttBroker>(), journal);
        if (journal is not null)
        {
            journal.BrokerNowMs = () => _runtime.NowMs;
            SessionRestore.Run(_runtime, journal);
            _keptWills = SessionRestore.Wills(_runtime, journal);
            journal.Start();
        }

        _monitor = new ConnectionMonitor(_runtime, _connections);
        metrics.Observe("trafficcore.broker.connections", () => Volatile.Read(ref _connectionCount), "Open connections");
        metrics.Observe("trafficcore.broker.sessions", () => _runtime.Sessions.Count, "Sessions, connected or kept");
        metrics.Observe(
            "trafficcore.broker.queued_beyond_shares", () => _runtime.QueueRoom.Used, "Bytes that sessions keep queued beyond what each may in any case; bounded by half of Mqtt:QueueBytesTotal", "By");
        metrics.Observe("trafficcore.broker.subscriptions", () => _runtime.Router.Subscriptions.Count, "Subscriptions");
        metrics.Observe("trafficcore.broker.retained", () => _runtime.Router.Retained.Count, "Retained messages");
    }

    /// <summary>Counts at this moment.</summary>
    public BrokerStatistics Statistics => new(
        Volatile.Read(ref _connectionCount),
        _runtime.Sessions.Count,
        _runtime.Router.Subscriptions.Count,
        _runtime.Router.Retained.Count,
        _runtime.Router.Retained.Bytes,
        _runtime.Metrics.ReceivedCount,
        _runtime.Metrics.Sent,
        _runtime.Metrics.DroppedTotal);

    internal BrokerMetrics Metrics => _runtime.Metrics;

    /// <summary>Begins to watch time: keep-alive, time to CONNECT, session expiry, will delay.</summary>
    public void Start() => _monitor.Start();

    /// <summary>
    /// Publishes the wills of clients that were connected when the service last ended without saying goodbye to them. Once, when local subscribers are there
    /// and before the first connection.
    /// </summary>
    public async Task PublishKeptWillsAsync()
    {
        var wills = Interlocked.Exchange(ref _keptWills, []);
        foreach (var will in wills)
        {
            await WillPublisher.PublishAsync(_runtime, will.Will, will.Client, will.Number);
        }
    }

    /// <summary>
    /// Tells the broker which QoS 2 packet ids the log holds for a client, before the first connection. The client's next session starts with them:
    /// a message that it repeats is not taken in again.
    /// </summary>
    public void RestoreReceivedPackets(string clientId, IEnumerable<ushort> packetIds) => _runtime.Sessions.Restore(clientId, [.. packetIds], _runtime.Options, _runtime.QueueRoom);

    /// <summary>Publishes from the service itself. Access rules do not apply, and the message is not taken in as a device's.</summary>
    /// <param name="topic">A topic name without wildcards.</param>
    /// <param name="payload">The payload; it is copied. Empty and retained removes the retained message.</param>
    /// <param name="qos">The highest QoS it is delivered with.</param>
    /// <param name="retain">Keep it for later subscribers, until the broker ends: after a start the caller publishes it again.</param>
    /// <param name="expiry">After this time it is not delivered any more, and no longer kept.</param>
    /// <returns>
    /// False: it should have been retained, and the topic has too many levels; subscribers got it all the same. The limits of retained messages are
    /// for clients.
    /// </returns>
    /// <exception cref="ArgumentException">The topic is not a topic name.</exception>
    public async ValueTask<bool> PublishAsync(
        string topic, ReadOnlyMemory<byte> payload, QualityOfService qos = QualityOfService.AtMostOnce, bool retain = false, TimeSpan? expiry = null)
    {
        var name = Encoding.UTF8.GetBytes(topic);
        if (!TopicName.IsValid(name))
        {
            throw new ArgumentException("Not a topic name: " + topic, nameof(topic));
        }

        var expiresAt = expiry is { } time ? _runtime.NowMs + (long)time.TotalMilliseconds : ApplicationMessage.NeverExpires;
        var pass = _runtime.NewPass();
        var message = new ApplicationMessage(name, payload.ToArray(), [], qos, retain, expiresAt);
        var isKept = _runtime.Router.Publish(message, null, pass, Retention.Always);
        await _runtime.FinishAsync(pass);
        return isKept;
    }

    /// <summary>
    /// Subscribes inside the service. The handler runs on the publisher's read loop when the message arrives (a QoS 1 message may not be durable yet):
    /// it must not block; an exception is logged. Retained messages are handed over before this returns.
    /// </summary>
    /// <returns>Ends the subscription when disposed.</returns>
    /// <exception cref="ArgumentException">The filter is not valid.</exception>
    public IDisposable SubscribeLocal(string filter, Action<ApplicationMessage> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var name = Encoding.UTF8.GetBytes(filter);
        if (!TopicFilter.IsValid(name) || TopicFilter.Levels(name) > TopicFilter.MaxLevels)
        {
            throw new ArgumentException("Not a topic filter: " + filter, nameof(filter));
        }

        var subscription = new Subscription { Filter = name, Handler = handler };
        _runtime.Router.Subscriptions.Add(name, subscription);
        var retained = new List<ApplicationMessage>();
        _runtime.Router.Retained.Match(name, _runtime.NowMs, retained);
        foreach (var message in retained)
        {
            _runtime.Router.Handle(handler, message);
        }

        return new LocalSubscription(_runtime.Router, subscription);
    }

    /// <summary>The retained message of a topic, if there is one.</summary>
    public ApplicationMessage? FindRetained(string topic) => _runtime.Router.Retained.Find(Encoding.UTF8.GetBytes(topic), _runtime.NowMs);

    /// <summary>Closes a client's connection by decision of an operator; false when it is not connected. Its session is kept.</summary>
    public bool Kick(string clientId)
    {
        var connection = _runtime.Sessions.FindConnection(clientId);
        connection?.Close(CloseReason.Kicked, ReasonCode.AdministrativeAction);
        return connection is not null;
    }

    /// <summary>
    /// The access rules have changed: every connection looks at them, also when its client is silent. One that may not stay, or has subscribed to what it may
    /// not read any more, is closed (0x87); what was cached of publishes is forgotten without this.
    /// </summary>
    public void RecheckAccess()
    {
        foreach (var (connection, _) in _connections)
        {
            connection.NoticeAccess();
        }
    }

    /// <summary>
    /// Closes all connections: acknowledgements of what is durable still leave, 5.0 clients are told. Waits for their end, at most until
    /// <paramref name="ct"/>; then those that wait for the log give up. Wills are published.
    /// </summary>
    public async Task StopAsync(CancellationToken ct)
    {
        _monitor.Stop();
        BrokerLog.Stopping(_runtime.Logger, Volatile.Read(ref _connectionCount));
        var ended = new List<Task>();
        foreach (var (connection, _) in _connections)
        {
            connection.Close(CloseReason.Shutdown, ReasonCode.ServerShuttingDown);
            ended.Add(connection.WhenEndedAsync());
        }

        try
        {
            await Task.WhenAll(ended).WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            await _runtime.Stopping.CancelAsync();
            await Task.WhenAll(ended);
        }

        _runtime.Troubles.TellLeftOut(all: true);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _monitor.Stop();
        await _runtime.Stopping.CancelAsync();
        _runtime.Metrics.Meter.Dispose();
    }

    /// <summary>
    /// Whether there is room for one more connection; if so, <see cref="Leave"/> is called at its end. Asked before a TLS handshake, which costs more than all that a refused
    /// connection could do behind it.
    /// </summary>
    internal bool TryEnter(ConnectionContext context)
    {
        _runtime.Metrics.Opened();
        if (Interlocked.Increment(ref _connectionCount) > _runtime.Options.MaxConnections)
        {
            TurnAway(context, CloseReason.TooMany, ReasonCode.ServerBusy, "Mqtt:MaxConnections is reached");
            return false;
        }

        if (!_runtime.Addresses.TryEnter((context.RemoteEndPoint as IPEndPoint)?.Address))
        {
            TurnAway(context, CloseReason.AddressLimit, ReasonCode.ConnectionRateExceeded, "Mqtt:MaxConnectionsPerAddress or Mqtt:MaxConnectsPerSecond is reached");
            return false;
        }

        return true;
    }

    /// <summary>The connection has ended.</summary>
    internal void Leave(EndPoint? remote)
    {
        _runtime.Addresses.Leave((remote as IPEndPoint)?.Address);
        Interlocked.Decrement(ref _connectionCount);
    }

    /// <summary>Serves a connection that was let in.</summary>
    internal async Task RunConnectionAsync(ConnectionContext context)
    {
        var connection = new MqttConnection(_runtime, context, ChannelOf(context));
        _connections.TryAdd(connection, true);
        try
        {
            await connection.RunAsync();
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }

    private void TurnAway(ConnectionContext context, CloseReason reason, ReasonCode code, string detail)
    {
        Interlocked.Decrement(ref _connectionCount);
        _runtime.Metrics.Closed(reason);
        _runtime.Troubles.Refused(context.RemoteEndPoint, "-", code, detail);
        context.Abort();
    }

    /// <summary>The socket itself, unless something between it and us (TLS) changes the bytes.</summary>
    private static OutputChannel ChannelOf(ConnectionContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && context.Features.Get<ITlsHandshakeFeature>() is null)
        {
            try
            {
                return new SocketChannel(context, socket);
            }
            catch (ObjectDisposedException)
            {
                // Closed between accept and here; the read loop will find out.
            }
        }

        return new PipeChannel(context);
    }

    private sealed class LocalSubscription(MessageRouter router, Subscription subscription) : IDisposable
    {
        public void Dispose() => router.Subscriptions.Remove(subscription.Filter, subscription);
    }
}
