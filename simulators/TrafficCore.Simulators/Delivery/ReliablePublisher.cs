using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Delivery;

/// <summary>
/// Publishes as a good device does: comes back after a lost connection and sends again, in order, what was not acknowledged.
/// </summary>
/// <remarks>Ownership: one loop calls it; the counters may be read from anywhere.</remarks>
internal sealed class ReliablePublisher : IAsyncDisposable
{
    /// <summary>The client's own default: keeps a commit of 5 ms busy at 10,000 messages a second.</summary>
    public const int DefaultWindow = 64;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly MqttClientOptions _options;
    private readonly TimeSpan _patience;
    private readonly string? _stateTopic;
    private readonly Queue<MqttPublication> _backlog = new();
    private MqttClient? _client;
    private bool _wasConnected;
    private long _acknowledged;
    private long _refused;

    /// <param name="broker">Where to.</param>
    /// <param name="clientId">As whom.</param>
    /// <param name="patience">How long to try to connect before giving up.</param>
    /// <param name="time">Clock.</param>
    /// <param name="stateTopic">Where <c>online</c> is kept while it is connected, and <c>offline</c> afterwards, also when it is lost; null: nowhere.</param>
    /// <param name="window">Publications without an acknowledgement at most.</param>
    public ReliablePublisher(BrokerAddress broker, string clientId, TimeSpan patience, TimeProvider time, string? stateTopic = null, int window = DefaultWindow)
    {
        (_patience, _stateTopic) = (patience, stateTopic);
        _options = new MqttClientOptions
        {
            Host = broker.Host,
            Port = broker.Port,
            UserName = broker.User,
            Password = broker.Password,
            ClientId = clientId,
            Will = stateTopic is null ? null : State(stateTopic, "offline"u8),
            Window = window,
            OnAcknowledged = OnAcknowledged,
            Time = time,
        };
    }

    /// <summary>Publications that the broker took.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Publications that the broker answered with an error.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Times it had to connect again.</summary>
    public int Reconnects { get; private set; }

    /// <summary>Connects; for callers that want to know early whether anybody is there.</summary>
    /// <exception cref="MqttConnectionException">Nobody let it in within its patience.</exception>
    public Task ConnectAsync(CancellationToken cancellation) => ConnectedAsync(cancellation);

    /// <summary>Hands a publication over; its payload must not change any more.</summary>
    /// <exception cref="MqttConnectionException">Nobody let it in within its patience.</exception>
    public Task EnqueueAsync(MqttPublication publication, CancellationToken cancellation) =>
        WithClientAsync(client => client.EnqueueAsync(publication, cancellation).AsTask(), cancellation);

    /// <summary>Waits until everything is acknowledged.</summary>
    /// <exception cref="MqttConnectionException">Nobody let it in within its patience.</exception>
    public Task DrainAsync(CancellationToken cancellation) => WithClientAsync(client => client.DrainAsync(cancellation), cancellation);

    /// <summary>Says good-bye.</summary>
    public async Task DisconnectAsync(CancellationToken cancellation)
    {
        if (_client is not null)
        {
            if (_stateTopic is not null)
            {
                await _client.PublishAsync(State(_stateTopic, "offline"u8), cancellation);
            }

            await _client.DisconnectAsync(cancellation);
        }
    }

    public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>At most once: a state is not one of the publications that are counted.</summary>
    private static MqttPublication State(string topic, ReadOnlySpan<byte> state) => new(topic, state.ToArray(), QualityOfService.AtMostOnce, Retain: true);

    private async Task WithClientAsync(Func<MqttClient, Task> act, CancellationToken cancellation)
    {
        while (true)
        {
            var client = await ConnectedAsync(cancellation);
            try
            {
                await act(client);
                return;
            }
            catch (MqttConnectionException lost)
            {
                await ForgetAsync(lost);
            }
        }
    }

    private async Task<MqttClient> ConnectedAsync(CancellationToken cancellation)
    {
        while (_client is null || _backlog.Count > 0)
        {
            var isNew = _client is null;
            _client ??= await DialAsync(cancellation);
            try
            {
                if (isNew && _stateTopic is not null)
                {
                    await _client.EnqueueAsync(State(_stateTopic, "online"u8), cancellation);
                }

                while (_backlog.TryPeek(out var publication))
                {
                    await _client.EnqueueAsync(publication, cancellation);
                    _backlog.Dequeue();
                }
            }
            catch (MqttConnectionException lost)
            {
                await ForgetAsync(lost);
            }
        }

        return _client;
    }

    private async Task<MqttClient> DialAsync(CancellationToken cancellation)
    {
        var start = _options.Time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var client = await MqttClient.ConnectAsync(_options, cancellation);
                Reconnects += _wasConnected ? 1 : 0;
                _wasConnected = true;
                return client;
            }
            catch (MqttConnectionException e) when (e.Reason is null && _options.Time.GetElapsedTime(start) + pause < _patience)
            {
                // Nobody answers: a service that restarts takes a moment. A refusal would only be repeated, and is not tried again.
                await Task.Delay(pause, _options.Time, cancellation);
            }
        }
    }

    /// <summary>What the lost connection had not delivered goes before what waited behind it.</summary>
    private async Task ForgetAsync(MqttConnectionException lost)
    {
        var rest = _backlog.ToArray();
        _backlog.Clear();
        foreach (var publication in lost.Unacknowledged.Concat(rest))
        {
            _backlog.Enqueue(publication);
        }

        await _client!.DisposeAsync();
        _client = null;
    }

    private void OnAcknowledged(MqttAcknowledgement acknowledgement) =>
        Interlocked.Increment(ref acknowledgement.IsSuccess ? ref _acknowledged : ref _refused);
}
