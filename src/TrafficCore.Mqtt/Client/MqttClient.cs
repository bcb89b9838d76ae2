using System.Threading.Channels;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>
/// A connection to an MQTT broker: publishes, many at a time, and reads what its subscriptions deliver. One object is one connection; a
/// <see cref="ReconnectingMqttClient"/> makes one after the other and keeps the session over them.
/// </summary>
/// <remarks>
/// Ownership: every public member may be called from any thread. State is under the session's one short lock; the transport's two
/// directions belong to one loop each. Everything is bounded: publications by <see cref="MqttClientOptions.Window"/> and
/// <see cref="MqttClientOptions.MaxBufferedBytes"/> (full: publishing waits), received messages by
/// <see cref="MqttClientOptions.MaxQueuedMessages"/> and <see cref="MqttClientOptions.ReceiveMaximum"/> (full: the socket is not read, so a
/// client that subscribes must read <see cref="Messages"/>). Other parts of this class: Sending, Reading, Writing.
/// </remarks>
public sealed partial class MqttClient : IAsyncDisposable
{
    private readonly MqttClientOptions _options;
    private readonly BrokerLimits _limits;
    private readonly ClientTransport _transport;
    private readonly FrameBuffer _incoming;
    private readonly TopicAliases _aliases;
    private readonly ClientSession _session;
    private readonly ChannelReceiver? _channel;
    private readonly IMessageReceiver _receiver;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<MqttConnectionException?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _ownsSession;
    private readonly Task _writeLoop;
    private readonly Task _loops;

    // Under the session's lock.
    private readonly OutgoingBuffer _outgoing = new();
    private readonly PendingRequests _requests;
    private MqttConnectionException? _ended;
    private long _writes;
    private bool _writing;
    private bool _closing;
    private bool _disconnecting;

    private MqttClient(
        MqttClientOptions options, (ClientTransport Transport, FrameBuffer Incoming, BrokerLimits Limits) opened, ClientSession? session, IMessageReceiver? receiver)
    {
        _options = options;
        (_transport, _incoming, _limits) = opened;
        _aliases = new TopicAliases(options.TopicAliasMaximum);
        _ownsSession = session is null;
        _session = session ?? new ClientSession(options);
        _channel = _ownsSession && options.Receiver is null ? new ChannelReceiver(_session, options) : null;
        _receiver = receiver ?? options.Receiver ?? _channel!;
        _requests = new PendingRequests(firstId: (ushort)(options.Window + 1));
        if (options.Birth is { } birth)
        {
            ClientPackets.Publish(_outgoing.Filling, options.Version, birth with { QoS = QualityOfService.AtMostOnce }, 0, duplicate: false, ClientPackets.Seconds(birth.Properties?.Expiry));
        }

        _session.Attach(_outgoing, _limits);
        _writeLoop = Task.Run(WriteLoopAsync);
        _loops = Task.WhenAll(_writeLoop, Task.Run(ReadLoopAsync), Task.Run(KeepAliveLoopAsync));
    }

    /// <summary>Whether the broker had kept a session of this client id.</summary>
    public bool SessionPresent => _limits.SessionPresent;

    /// <summary>What subscriptions deliver; ends with the connection. Nothing comes here when the options name a receiver.</summary>
    public ChannelReader<MqttMessage> Messages => _channel?.Messages ?? throw new InvalidOperationException("Deliveries go to the receiver.");

    /// <summary>Ends with the connection: null after <see cref="DisconnectAsync"/> or disposal, else why it was lost.</summary>
    public Task<MqttConnectionException?> Completion => _completion.Task;

    /// <summary>Publications at QoS 1 and 2 that wait for their acknowledgement.</summary>
    public int InFlight
    {
        get
        {
            lock (_session.Gate)
            {
                return _session.Outgoing.Count;
            }
        }
    }

    /// <summary>Connects and waits for the broker's consent.</summary>
    /// <exception cref="MqttConnectionException">Nobody answers, or the broker refuses.</exception>
    public static Task<MqttClient> ConnectAsync(MqttClientOptions options, CancellationToken cancellation = default)
    {
        System.ComponentModel.DataAnnotations.Validator.ValidateObject(options, new(options), validateAllProperties: true);
        return ConnectAsync(options, null, null, cancellation);
    }

    /// <summary>Connects for a session that outlives the connection; its deliveries go to the receiver.</summary>
    internal static async Task<MqttClient> ConnectAsync(
        MqttClientOptions options, ClientSession? session, IMessageReceiver? receiver, CancellationToken cancellation)
    {
        var opened = await Handshake.OpenAsync(options, cancellation);
        return new MqttClient(options, opened, session, receiver);
    }

    /// <summary>Hands a publication over without waiting; false when window or buffer is full.</summary>
    /// <exception cref="MqttConnectionException">The connection is gone.</exception>
    public bool TryEnqueue(in MqttPublication publication) => TryAdd(publication, null, out _);

    /// <summary>
    /// Hands a publication over, waiting for room in window and buffer. Many may be on their way; acknowledgements come through
    /// <see cref="MqttClientOptions.OnAcknowledged"/>, and <see cref="DrainAsync"/> waits for all.
    /// </summary>
    /// <exception cref="MqttConnectionException">The connection is gone.</exception>
    public ValueTask EnqueueAsync(MqttPublication publication, CancellationToken cancellation = default) =>
        TryAdd(publication, null, out var changed) ? ValueTask.CompletedTask : new ValueTask(EnqueueSlowAsync(publication, null, changed, cancellation));

    /// <summary>Publishes and waits for the broker's answer, at QoS 2 the last one; at QoS 0 for the hand-over only.</summary>
    /// <exception cref="MqttConnectionException">The connection is gone; the broker may or may not have the message.</exception>
    public async Task<ReasonCode> PublishAsync(MqttPublication publication, CancellationToken cancellation = default)
    {
        var answer = NewWaiter(publication);
        if (!TryAdd(publication, answer, out var changed))
        {
            await EnqueueSlowAsync(publication, answer, changed, cancellation);
        }

        return answer is null ? ReasonCode.Success : await answer.Task.WaitAsync(cancellation);
    }

    /// <summary>Waits until everything is written to the socket and all QoS 1 and 2 publications are acknowledged.</summary>
    /// <exception cref="MqttConnectionException">The connection is gone.</exception>
    public async Task DrainAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            Task changed;
            lock (_session.Gate)
            {
                ThrowIfEndedUnderLock();
                if (_session.IsDrainedUnderLock && _outgoing.Count == 0 && !_writing)
                {
                    return;
                }

                changed = _session.WhenChangedUnderLock();
            }

            await changed.WaitAsync(cancellation);
        }
    }

    /// <summary>Subscribes to a filter and returns the granted QoS.</summary>
    /// <exception cref="MqttConnectionException">The connection is gone, or the broker refuses the filter.</exception>
    public Task<QualityOfService> SubscribeAsync(string filter, QualityOfService qos = QualityOfService.AtLeastOnce, CancellationToken cancellation = default) =>
        SubscribeAsync(new MqttSubscription(filter, qos), cancellation);

    /// <summary>Subscribes and returns the granted QoS.</summary>
    /// <exception cref="MqttConnectionException">The connection is gone, or the broker refuses the filter.</exception>
    public async Task<QualityOfService> SubscribeAsync(MqttSubscription subscription, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(subscription.Filter);
        var answer = await RequestAsync(id => ClientPackets.Subscribe(_outgoing.Filling, _options.Version, id, subscription), cancellation);
        return answer.Reason.IsError()
            ? throw new MqttConnectionException($"The broker refused to subscribe '{subscription.Filter}': {answer.Words ?? answer.Reason.ToString()}.", answer.Reason)
            : (QualityOfService)answer.Reason;
    }

    /// <summary>Ends a subscription.</summary>
    /// <exception cref="MqttConnectionException">The connection is gone.</exception>
    public Task UnsubscribeAsync(string filter, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(filter);
        return RequestAsync(id => ClientPackets.Unsubscribe(_outgoing.Filling, _options.Version, id, filter), cancellation);
    }

    /// <summary>For a receiver: it is done with the message of a ticket. PUBACK or PUBREC leaves when those of all messages before have left [MQTT-4.6.0-2].</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="reason">Success, or with 5.0 why the message is refused.</param>
    public void Acknowledge(long ticket, ReasonCode reason = ReasonCode.Success) => _session.Acknowledge(ticket, reason);

    /// <summary>For a receiver: it is done with all messages up to a ticket.</summary>
    public void AcknowledgeThrough(long ticket) => _session.AcknowledgeThrough(ticket);

    /// <summary>
    /// Says good-bye, so that the broker drops the will, and closes. What is not acknowledged by then fails; call
    /// <see cref="DrainAsync"/> first to wait for it. Does nothing when the connection is gone.
    /// </summary>
    public async Task DisconnectAsync(CancellationToken cancellation = default)
    {
        if (!TryClose(ReasonCode.Success, isAsked: true))
        {
            return;
        }

        try
        {
            // The broker closes after it has read everything; closing first could make the kernel throw bytes away.
            await _completion.Task.WaitAsync(_options.ConnectTimeout, _options.Time, cancellation);
        }
        catch (TimeoutException)
        {
            End(new MqttConnectionException("The broker did not close the connection after DISCONNECT."), lost: false);
        }
    }

    /// <summary>Drops the connection when it is still there, without a good-bye: the broker publishes the will.</summary>
    public async ValueTask DisposeAsync()
    {
        End(new MqttConnectionException("The client is disposed."), lost: false);
        await _loops;
        _stop.Dispose();
    }

    internal static TaskCompletionSource<ReasonCode>? NewWaiter(in MqttPublication publication) => publication.QoS == QualityOfService.AtMostOnce
        ? null
        : new TaskCompletionSource<ReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously);
}
