using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Ingress;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Upstream;

/// <summary>The service as a client of an existing broker: takes its telemetry in, tells its boards and devices.</summary>
/// <remarks>Ownership: started and stopped once by the service; publishing is safe from any thread.</remarks>
internal sealed class UpstreamService : IAsyncDisposable
{
    private readonly UpstreamPlan _plan;
    private readonly IUpstreamClient _client;
    private readonly UpstreamIngress _ingress;
    private readonly UpstreamOutbox _outbox;
    private readonly UpstreamMetrics _metrics;
    private readonly CommitMarks _marks;
    private readonly UpstreamIdentity _identity;
    private readonly UpstreamMemory _memory;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _loops = Task.CompletedTask;
    private bool _wasConnected;
    private string? _problem;

    /// <param name="settings">Valid settings with an upstream.</param>
    /// <param name="connect">Makes the client; where another MQTT library would be put in.</param>
    /// <param name="ingress">The door.</param>
    /// <param name="metrics">Instruments.</param>
    /// <param name="time">Clock.</param>
    /// <param name="platform">Loggers.</param>
    /// <exception cref="IOException">The data directory cannot be written.</exception>
    public UpstreamService(
        ServiceSettings settings, Func<UpstreamPlan, IUpstreamClient> connect, MqttIngress ingress, UpstreamMetrics metrics, TimeProvider time, ServicePlatform platform)
    {
        _logger = platform.Logger<UpstreamService>();
        _metrics = metrics;
        _identity = new UpstreamIdentity(Path.Combine(Path.GetFullPath(settings.Data.Directory), "upstream"), PhysicalFileSystem.Instance);
        _memory = Remember(settings.Upstream, UpstreamFilters.Of(settings.Mqtt.TopicRoot, settings.Upstream.UpstreamShare));
        _plan = PlanOf(settings, _memory.ClientId);
        _client = connect(_plan);
        _marks = new CommitMarks(time, _client.AcknowledgeThrough);
        var identity = new ClientIdentity(_plan.ClientId, _plan.Address.UserName, _plan.Version, null);
        _ingress = new UpstreamIngress(ingress, identity, metrics, _marks, OnLink);
        _outbox = new UpstreamOutbox(_client, _plan, time, metrics, _logger);
        metrics.Observe(_client, _marks);
    }

    /// <summary>The state of the connection.</summary>
    public UpstreamLink Link => _client.Link;

    /// <summary>The broker, without the password.</summary>
    public string Broker => _plan.Address.ToString();

    /// <summary>Begins to connect and to take in.</summary>
    /// <param name="routed">Gets what is not telemetry: what boards say.</param>
    public void Start(MessageHandler routed)
    {
        _ingress.Routed = routed;
        _client.Start(_ingress);
        _loops = Task.WhenAll(Task.Run(() => _outbox.RunAsync(_stop.Token)), Task.Run(() => ForgetStaleAsync(_stop.Token)));
    }

    /// <summary>Retains a message at the broker, now or when it is back; the newest of each topic.</summary>
    /// <param name="topic">Topic name.</param>
    /// <param name="payload">Payload.</param>
    /// <param name="expires">Unix ms UTC after which it must not be delivered any more; null: never.</param>
    public void Retain(string topic, ReadOnlyMemory<byte> payload, long? expires) => _outbox.Put(topic, payload, expires);

    /// <summary>Tells a device something that is worth nothing later; dropped and counted without a connection.</summary>
    public async ValueTask NotifyAsync(string topic, ReadOnlyMemory<byte> payload)
    {
        if (_client.Link.IsConnected)
        {
            await _client.PublishAsync(new MqttPublication(topic, payload, QualityOfService.AtMostOnce), _stop.Token);
        }
        else
        {
            _metrics.NoticeDropped();
        }
    }

    /// <summary>Takes nothing more, lets what was taken be committed and acknowledged, and says good-bye.</summary>
    public async Task StopAsync(CancellationToken limit)
    {
        _ingress.Close();
        await _stop.CancelAsync();
        try
        {
            await _marks.WhenSettledAsync(limit);
            await _client.StopAsync(limit);
        }
        catch (OperationCanceledException)
        {
            // The disk refuses, or the broker does not close: what is not acknowledged by now, it keeps.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _client.DisposeAsync();
        await _loops;
        _stop.Dispose();
    }

    private static UpstreamPlan PlanOf(ServiceSettings settings, string clientId)
    {
        var options = settings.Upstream;
        return new UpstreamPlan
        {
            Address = MqttAddress.TryParse(options.Upstream, out var address, out var error) ? address : throw new ArgumentException($"Mqtt:Upstream {error}"),
            Tls = options.ReadTls().Tls,
            ClientId = clientId,
            Version = options.Version,
            Subscriptions = UpstreamFilters.Of(settings.Mqtt.TopicRoot, options.UpstreamShare),
            ReceiveMaximum = options.UpstreamReceiveMaximum,
            SessionExpiry = options.UpstreamSessionExpiry,
        };
    }

    /// <summary>What the broker's session may hold: the filters of now, and those of before that are not ended yet. Durable before the first connection.</summary>
    private UpstreamMemory Remember(UpstreamOptions options, IReadOnlyList<MqttSubscription> subscriptions)
    {
        var kept = _identity.Load();
        var clientId = options.UpstreamClientId.Length > 0 ? options.UpstreamClientId : kept?.ClientId ?? UpstreamIdentity.NewClientId();
        if (kept is not null && kept.ClientId != clientId)
        {
            UpstreamLog.ClientIdChanged(_logger, clientId, kept.ClientId);
            kept = null;
        }

        var memory = new UpstreamMemory(clientId, [.. subscriptions.Select(static s => s.Filter).Union(kept?.Filters ?? [], StringComparer.Ordinal)]);
        if (kept is null || !memory.Filters.Order().SequenceEqual(kept.Filters.Order()))
        {
            _identity.Save(memory);
        }

        return memory;
    }

    /// <summary>Ends what an earlier configuration has subscribed to: the broker would go on delivering it.</summary>
    private async Task ForgetStaleAsync(CancellationToken cancellation)
    {
        string[] current = [.. _plan.Subscriptions.Select(static s => s.Filter)];
        string[] stale = [.. _memory.Filters.Except(current, StringComparer.Ordinal)];
        if (stale.Length == 0)
        {
            return;
        }

        try
        {
            foreach (var filter in stale)
            {
                await _client.UnsubscribeAsync(filter, cancellation);
                UpstreamLog.Unsubscribed(_logger, _plan, filter);
            }

            _identity.Save(_memory with { Filters = current });
        }
        catch (Exception e) when (e is OperationCanceledException or MqttConnectionException or IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }

    // One call at a time. The first failure and every connection are worth a line; a broker that stays away is not one every half minute.
    private void OnLink(UpstreamLink link)
    {
        var seconds = (int)Math.Ceiling(link.Pause.TotalSeconds);
        if (link.IsConnected)
        {
            UpstreamLog.Connected(_logger, _plan, link.SessionPresent ? "was kept" : "is new");
        }
        else if (!_stop.IsCancellationRequested && (_wasConnected || link.Problem != _problem))
        {
            UpstreamLog.Away(_logger, _plan, link.Problem, seconds);
        }
        else
        {
            UpstreamLog.StillAway(_logger, _plan, link.Problem, seconds);
        }

        (_wasConnected, _problem) = (link.IsConnected, link.Problem);
        _outbox.OnLink(link);
    }
}
