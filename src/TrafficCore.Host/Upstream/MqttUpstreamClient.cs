using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Upstream;

/// <summary>The upstream client on our own MQTT client.</summary>
internal sealed class MqttUpstreamClient(UpstreamPlan plan, TimeProvider time, Random random) : IUpstreamClient
{
    // The largest record the log takes. A 3.1.1 broker cannot be told, and would deliver a larger one for ever: so as large as can be.
    private const int MaxPacketSize = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private ReconnectingMqttClient? _client;
    private IUpstreamReceiver? _receiver;
    private volatile UpstreamLink _link = new(false, time.GetUtcNow());
    private int _connections;

    public UpstreamLink Link => _link;

    public int Unacknowledged => _client?.Counts.Unanswered ?? 0;

    public void Start(IUpstreamReceiver receiver)
    {
        _receiver = receiver;
        var options = new MqttClientOptions
        {
            Host = plan.Address.Host,
            ClientId = plan.ClientId,
            Version = plan.Version,

            // It subscribes at QoS 1 and publishes at QoS 1: the broker holds everything that an earlier process's session knew.
            CleanStart = false,
            SessionExpiry = plan.SessionExpiry,
            ReceiveMaximum = plan.ReceiveMaximum,
            MaxPacketSize = MaxPacketSize,
            Receiver = new Deliveries(receiver),
            Time = time,
        };
        var reconnect = plan.Reconnect with { Subscriptions = plan.Subscriptions, OnStatus = OnStatus };
        lock (_gate)
        {
            _client = ReconnectingMqttClient.Start(options.At(plan.Address, plan.Tls), reconnect, random);
        }
    }

    public void AcknowledgeThrough(long ticket) => Started().AcknowledgeThrough(ticket);

    public Task<ReasonCode> PublishAsync(MqttPublication publication, CancellationToken cancellation) => Started().PublishAsync(publication, cancellation);

    public Task UnsubscribeAsync(string filter, CancellationToken cancellation) => Started().UnsubscribeAsync(filter, cancellation);

    public Task StopAsync(CancellationToken limit) => _client?.DisconnectAsync(limit) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? ValueTask.CompletedTask;

    // The first message can come before Start has the client in its field.
    private ReconnectingMqttClient Started()
    {
        if (_client is { } client)
        {
            return client;
        }

        lock (_gate)
        {
            return _client ?? throw new InvalidOperationException("The upstream client is not started.");
        }
    }

    private void OnStatus(MqttClientStatus status)
    {
        if (status.State is MqttClientState.Connecting)
        {
            return;
        }

        var isConnected = status.State == MqttClientState.Connected;
        _connections += isConnected ? 1 : 0;
        var since = !isConnected && !_link.IsConnected ? _link.Since : status.Since;
        _link = new UpstreamLink(isConnected, since)
        {
            Connections = _connections,
            SessionPresent = status.SessionPresent,
            Problem = status.Problem,
            Pause = status.Pause,
        };
        _receiver!.OnLink(_link);
    }

    private sealed class Deliveries(IUpstreamReceiver receiver) : IMessageReceiver
    {
        public void Receive(in PublishView message, long ticket) => receiver.Receive(message, ticket);

        public ValueTask FlushAsync(CancellationToken cancellation) => receiver.FlushAsync(cancellation);
    }
}
