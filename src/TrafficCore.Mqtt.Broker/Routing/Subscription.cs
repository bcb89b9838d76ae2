using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>One filter of one client, or of the service itself. Immutable: changed options are a new subscription in the old one's place.</summary>
internal sealed class Subscription
{
    /// <summary>The client's session; null for a subscription of the service.</summary>
    public Session? Session { get; init; }

    /// <summary>The service's handler; null for a client's subscription.</summary>
    public Action<ApplicationMessage>? Handler { get; init; }

    public required byte[] Filter { get; init; }

    public SubscribeOptions Options { get; init; }

    /// <summary>The subscription identifier (5.0); 0 is none.</summary>
    public uint Identifier { get; init; }
}
