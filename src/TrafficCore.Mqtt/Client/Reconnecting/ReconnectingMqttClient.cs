using System.ComponentModel.DataAnnotations;
using System.Threading.Channels;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>
/// A client that stays: connects, comes back when the connection is lost, and keeps the session. Publications at QoS 1 and 2 that the broker has
/// not taken are sent again, in order; QoS 2 messages are neither sent nor delivered twice while the broker keeps the session too. When it has
/// not, everything is published as new and subscribed again.
/// </summary>
/// <remarks>
/// Ownership: every public member may be called from any thread. One loop makes the connections; what outlives them is in the session, under its
/// lock. With 5.0 give the session a <see cref="MqttClientOptions.SessionExpiry"/>, else the broker drops it with each connection. The state of a session is
/// in memory: it does not outlive the process. Other parts of this class: Connecting, Publishing.
/// </remarks>
public sealed partial class ReconnectingMqttClient : IAsyncDisposable
{
    private readonly MqttClientOptions _options;
    private readonly ReconnectOptions _reconnect;
    private readonly ClientSession _session;
    private readonly ChannelReceiver? _channel;
    private readonly IMessageReceiver _receiver;
    private readonly Task _supervisor;

    // Under the session's lock.
    private readonly KeptSubscriptions _subscriptions = new();
    private MqttClient? _connection;
    private MqttConnectionException? _ended;
    private int _connections;
    private long _queueFull;
    private long _dropped;

    private volatile MqttClientStatus _status;

    private ReconnectingMqttClient(MqttClientOptions options, ReconnectOptions reconnect, Random random)
    {
        _options = options;
        _reconnect = reconnect;
        _session = new ClientSession(options, reconnect.QueueMessages, reconnect.QueueBytes);
        _channel = options.Receiver is null ? new ChannelReceiver(_session, options) : null;
        _receiver = options.Receiver ?? _channel!;
        _status = new MqttClientStatus(MqttClientState.Connecting, options.Time.GetUtcNow(), BrokerOf(options));
        _policy = new ReconnectPolicy(reconnect, random);
        _target = new BrokerTarget(options);
        foreach (var subscription in reconnect.Subscriptions)
        {
            _subscriptions.Add(subscription, isGranted: true);
        }

        _supervisor = Task.Run(SuperviseAsync);
    }

    /// <summary>Where it stands now.</summary>
    public MqttClientStatus Status => _status;

    /// <summary>What it has done and holds.</summary>
    public MqttClientCounts Counts
    {
        get
        {
            lock (_session.Gate)
            {
                return new MqttClientCounts
                {
                    Connections = _connections,
                    SessionsLost = _session.TimesLost,
                    Waiting = _session.Waiting.Count,
                    InFlight = _session.Outgoing.Count,
                    Acknowledged = _session.Finished.Acknowledged,
                    Refused = _session.Finished.Refused,
                    Resent = _session.Outgoing.Resent,
                    QueueFull = _queueFull,
                    Dropped = _dropped,
                    Unanswered = _session.Incoming.Count,
                    Answered = _session.AcknowledgedMessages,
                };
            }
        }
    }

    /// <summary>What subscriptions deliver, over all connections. Nothing comes here when the options name a receiver.</summary>
    public ChannelReader<MqttMessage> Messages => _channel?.Messages ?? throw new InvalidOperationException("Deliveries go to the receiver.");

    /// <summary>Begins to connect and returns at once.</summary>
    /// <param name="options">The broker, the client and its bounds. <see cref="MqttClientOptions.CleanStart"/> is for the first connection.</param>
    /// <param name="reconnect">How it comes back.</param>
    /// <param name="random">Spreads the pauses; used by this client alone.</param>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    public static ReconnectingMqttClient Start(MqttClientOptions options, ReconnectOptions reconnect, Random random)
    {
        Validator.ValidateObject(options, new(options), validateAllProperties: true);
        Validator.ValidateObject(reconnect, new(reconnect), validateAllProperties: true);
        return new ReconnectingMqttClient(options, reconnect, random);
    }

    /// <summary>Waits until it is connected and subscribed.</summary>
    /// <exception cref="MqttConnectionException">It has ended: stopped, or given up.</exception>
    public async Task WhenConnectedAsync(CancellationToken cancellation = default) => await ConnectedAsync(cancellation);

    /// <summary>Subscribes, waiting for a connection, and again whenever the broker has lost the session. Returns the granted QoS.</summary>
    /// <exception cref="MqttConnectionException">The broker refuses the filter, or the client has ended.</exception>
    public async Task<QualityOfService> SubscribeAsync(MqttSubscription subscription, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(subscription.Filter);
        KeptSubscription entry;
        MqttClient? connection;
        lock (_session.Gate)
        {
            ThrowIfEndedUnderLock();
            entry = _subscriptions.Add(subscription, isGranted: false);
            connection = _connection;
        }

        if (connection is not null)
        {
            try
            {
                await SubscribeAsync(connection, entry);
            }
            catch (Exception e) when (e is MqttConnectionException or OperationCanceledException)
            {
                // The connection was lost; the next one subscribes what is missing, or the client ends.
            }
        }

        return await entry.Granted.Task.WaitAsync(cancellation);
    }

    /// <summary>Ends a subscription, waiting for a connection.</summary>
    /// <exception cref="MqttConnectionException">The client has ended.</exception>
    public async Task UnsubscribeAsync(string filter, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(filter);
        lock (_session.Gate)
        {
            _subscriptions.Remove(filter);
        }

        while (true)
        {
            var connection = await ConnectedAsync(cancellation);
            try
            {
                await connection.UnsubscribeAsync(filter, cancellation);
                return;
            }
            catch (MqttConnectionException) when (connection.Completion.IsCompleted)
            {
                // The next connection's broker may have kept it.
            }
        }
    }

    /// <summary>For a receiver: it is done with the message of a ticket, see <see cref="MqttClient.Acknowledge"/>.</summary>
    public void Acknowledge(long ticket, ReasonCode reason = ReasonCode.Success) => _session.Acknowledge(ticket, reason);

    /// <summary>
    /// For a receiver: it is done with all messages up to a ticket. Those of an earlier connection are not answered any more: at QoS 1 the broker delivers
    /// them again; a QoS 2 message that it repeats is answered and not delivered.
    /// </summary>
    public void AcknowledgeThrough(long ticket) => _session.AcknowledgeThrough(ticket);

    /// <summary>Says good-bye and stays away. What is not acknowledged by then fails; the broker keeps the session as long as its expiry says.</summary>
    public Task DisconnectAsync(CancellationToken cancellation = default)
    {
        _isPolite = true;
        if (!_supervisor.IsCompleted)
        {
            _stop.Cancel();
        }

        return _supervisor.WaitAsync(cancellation);
    }

    /// <summary>Drops the connection without a good-bye, unless that was said, and stays away.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_supervisor.IsCompleted)
        {
            await _stop.CancelAsync();
        }

        await _supervisor;
        _stop.Dispose();
    }

    private static string BrokerOf(MqttClientOptions options) => $"{options.Host}:{options.Port}";
}
