using System.Threading.Channels;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>
/// A connection to an MQTT broker: publishes at QoS 0 and 1, many at a time, and reads what its subscriptions deliver. One
/// object is one connection; when it is lost, connect again and publish again what was not acknowledged.
/// </summary>
/// <remarks>
/// Ownership: every public member may be called from any thread. State is under one short lock; the socket's two directions
/// belong to one loop each. Everything is bounded: publications by <see cref="MqttClientOptions.Window"/> and
/// <see cref="MqttClientOptions.MaxBufferedBytes"/> (full: publishing waits), received messages by
/// <see cref="MqttClientOptions.MaxQueuedMessages"/> (full: the socket is not read, so a client that subscribes must read
/// <see cref="Messages"/>).
/// </remarks>
public sealed partial class MqttClient : IAsyncDisposable
{
    private readonly MqttClientOptions _options;
    private readonly BrokerLimits _limits;
    private readonly MqttTransport _transport;
    private readonly Channel<MqttMessage> _messages;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<MqttConnectionException?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loops;

    // Under the lock.
    private readonly Lock _gate = new();
    private readonly OutgoingBuffer _outgoing = new();
    private readonly InFlightWindow _window;
    private readonly PendingRequests _requests;
    private TaskCompletionSource? _changed;
    private MqttConnectionException? _ended;
    private bool _writing;
    private bool _closing;

    private MqttClient(MqttClientOptions options, MqttTransport transport, BrokerLimits limits)
    {
        _options = options;
        _transport = transport;
        _limits = limits;
        var window = Math.Min(options.Window, limits.ReceiveMaximum);
        _window = new InFlightWindow(window);
        _requests = new PendingRequests(firstId: (ushort)(window + 1));
        _messages = Channel.CreateBounded<MqttMessage>(new BoundedChannelOptions(options.MaxQueuedMessages)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleWriter = true,
        });
        _loops = Task.WhenAll(Task.Run(WriteLoopAsync), Task.Run(ReadLoopAsync), Task.Run(KeepAliveLoopAsync));
    }

    /// <summary>Whether the broker had kept a session of this client id.</summary>
    public bool SessionPresent => _limits.SessionPresent;

    /// <summary>What subscriptions deliver; ends with the connection.</summary>
    public ChannelReader<MqttMessage> Messages => _messages.Reader;

    /// <summary>Ends with the connection: null after <see cref="DisconnectAsync"/> or disposal, else why it was lost.</summary>
    public Task<MqttConnectionException?> Completion => _completion.Task;

    /// <summary>Publications at QoS 1 that wait for their acknowledgement.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return _window.Count;
            }
        }
    }

    /// <summary>Connects and waits for the broker's consent.</summary>
    /// <exception cref="MqttConnectionException">Nobody answers, or the broker refuses.</exception>
    public static async Task<MqttClient> ConnectAsync(MqttClientOptions options, CancellationToken cancellation = default)
    {
        System.ComponentModel.DataAnnotations.Validator.ValidateObject(options, new(options), validateAllProperties: true);
        var (transport, limits) = await MqttTransport.OpenAsync(options, cancellation);
        return new MqttClient(options, transport, limits);
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

    /// <summary>Publishes and waits for the broker's answer; at QoS 0 for the hand-over only.</summary>
    /// <exception cref="MqttConnectionException">The connection is gone; the broker may or may not have the message.</exception>
    public async Task<ReasonCode> PublishAsync(MqttPublication publication, CancellationToken cancellation = default)
    {
        var answer = publication.QoS == QualityOfService.AtMostOnce
            ? null
            : new TaskCompletionSource<ReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!TryAdd(publication, answer, out var changed))
        {
            await EnqueueSlowAsync(publication, answer, changed, cancellation);
        }

        return answer is null ? ReasonCode.Success : await answer.Task.WaitAsync(cancellation);
    }

    /// <summary>Waits until everything is written to the socket and all QoS 1 publications are acknowledged.</summary>
    /// <exception cref="MqttConnectionException">The connection is gone.</exception>
    public async Task DrainAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                ThrowIfEndedUnderLock();
                if (_window.Count == 0 && _outgoing.Count == 0 && !_writing)
                {
                    return;
                }

                changed = WhenChangedUnderLock();
            }

            await changed.WaitAsync(cancellation);
        }
    }

    /// <summary>Subscribes to a filter and returns the granted QoS, at most 1.</summary>
    /// <exception cref="MqttConnectionException">The connection is gone, or the broker refuses the filter.</exception>
    public Task<QualityOfService> SubscribeAsync(string filter, QualityOfService qos = QualityOfService.AtLeastOnce, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(filter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)qos, (int)QualityOfService.AtLeastOnce, nameof(qos));
        return GrantedAsync();

        async Task<QualityOfService> GrantedAsync()
        {
            var reason = await RequestAsync(id => ClientPackets.Subscribe(_outgoing.Filling, _options.Version, id, filter, qos), cancellation);
            return reason.IsError()
                ? throw new MqttConnectionException($"The broker refused to subscribe '{filter}': {reason}.", reason)
                : (QualityOfService)reason;
        }
    }

    /// <summary>Ends a subscription.</summary>
    /// <exception cref="MqttConnectionException">The connection is gone.</exception>
    public Task UnsubscribeAsync(string filter, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(filter);
        return RequestAsync(id => ClientPackets.Unsubscribe(_outgoing.Filling, _options.Version, id, filter), cancellation);
    }

    /// <summary>
    /// Says good-bye, so that the broker drops the will, and closes. What is not acknowledged by then fails; call
    /// <see cref="DrainAsync"/> first to wait for it. Does nothing when the connection is gone.
    /// </summary>
    public async Task DisconnectAsync(CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            if (_ended is not null)
            {
                return;
            }

            if (!_closing)
            {
                _closing = true;
                MqttEncoder.Disconnect(_outgoing.Filling, _options.Version, ReasonCode.Success);
                _outgoing.Signal();
            }
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
        _outgoing.Dispose();
    }
}
