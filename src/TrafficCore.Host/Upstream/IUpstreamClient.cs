using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Upstream;

/// <summary>
/// A client of an existing broker that stays connected: the seam behind which another MQTT library can stand. What an implementation must hold to is
/// in the tests' <c>UpstreamClientContract</c>.
/// </summary>
/// <remarks>Ownership: any thread. Made for one <see cref="UpstreamPlan"/>; started once.</remarks>
internal interface IUpstreamClient : IAsyncDisposable
{
    /// <summary>The state of the connection; immutable.</summary>
    UpstreamLink Link { get; }

    /// <summary>Messages at QoS 1 that were received and not acknowledged.</summary>
    int Unacknowledged { get; }

    /// <summary>Begins to connect and returns at once. Connects again, with growing pauses, until it is stopped.</summary>
    void Start(IUpstreamReceiver receiver);

    /// <summary>
    /// Acknowledges all messages up to a ticket, in the order of their arrival. Called by the log's committer: must not block. Tickets of an earlier
    /// connection do nothing; the broker delivers their messages again.
    /// </summary>
    void AcknowledgeThrough(long ticket);

    /// <summary>Publishes; at QoS 1 it waits, over reconnects, for the broker's answer. At QoS 0 without a connection it is dropped.</summary>
    /// <returns>The broker's reason; success at QoS 0.</returns>
    /// <exception cref="MqttConnectionException">The client was stopped.</exception>
    Task<ReasonCode> PublishAsync(MqttPublication publication, CancellationToken cancellation);

    /// <summary>Ends a subscription of an earlier configuration, as soon as there is a connection.</summary>
    Task UnsubscribeAsync(string filter, CancellationToken cancellation);

    /// <summary>Lets acknowledgements leave, says good-bye and stays away; the broker keeps the session.</summary>
    Task StopAsync(CancellationToken limit);
}

/// <summary>Takes what the broker delivers. Calls come one at a time, in the order of arrival, also over reconnects.</summary>
internal interface IUpstreamReceiver
{
    /// <summary>Takes a message; its bytes are borrowed. Must not block.</summary>
    /// <param name="message">The message.</param>
    /// <param name="ticket">To acknowledge it by; grows from message to message for the life of the client. 0: nothing to acknowledge.</param>
    void Receive(in PublishView message, long ticket);

    /// <summary>Called after one or more messages. Until it ends no more are received: it holds the broker back.</summary>
    ValueTask FlushAsync(CancellationToken cancellation);

    /// <summary>The connection was made or lost, or an attempt failed.</summary>
    void OnLink(UpstreamLink link);
}

/// <summary>Whom a client connects to, and what it asks for.</summary>
internal sealed record UpstreamPlan
{
    public required MqttAddress Address { get; init; }

    public MqttTlsOptions? Tls { get; init; }

    public required string ClientId { get; init; }

    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>All needed: a broker that refuses one is left and tried again later.</summary>
    public IReadOnlyList<MqttSubscription> Subscriptions { get; init; } = [];

    public int ReceiveMaximum { get; init; } = 1024;

    public TimeSpan SessionExpiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How it comes back.</summary>
    public ReconnectOptions Reconnect { get; init; } = new();

    public override string ToString() => $"{ClientId} at {Address}";
}

/// <summary>The state of the connection to the broker. Immutable.</summary>
/// <param name="IsConnected">Connected and subscribed.</param>
/// <param name="Since">Since when.</param>
internal sealed record UpstreamLink(bool IsConnected, DateTimeOffset Since)
{
    /// <summary>Connections made so far.</summary>
    public int Connections { get; init; }

    /// <summary>Whether the broker had kept the session; of a connection.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>Why there is no connection; null while there is one, and before the first attempt has failed.</summary>
    public string? Problem { get; init; }

    /// <summary>Pause before the next attempt.</summary>
    public TimeSpan Pause { get; init; }
}
