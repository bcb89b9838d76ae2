using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>One message for one client: what the outbox holds and the output encodes.</summary>
/// <param name="Message">The message; null for the release of a QoS 2 message (PUBREL).</param>
/// <param name="QoS">The lower of the publisher's and the subscription's QoS.</param>
/// <param name="Retain">The RETAIN flag that this client sees.</param>
/// <param name="Identifiers">Subscription identifiers of all filters that matched; null is none.</param>
/// <param name="PacketId">Set when it is taken to be sent; 0 at QoS 0.</param>
/// <param name="Duplicate">It may have been sent before.</param>
internal readonly record struct Delivery(
    ApplicationMessage? Message, QualityOfService QoS, bool Retain, uint[]? Identifiers, ushort PacketId = 0, bool Duplicate = false)
{
    public bool IsRelease => Message is null;
}

/// <summary>What became of a message for one client.</summary>
internal enum DeliveryResult
{
    Queued,

    /// <summary>QoS 0 and nobody connected.</summary>
    Offline,

    /// <summary>The client's queue is full.</summary>
    Full,
}
