using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>One message for one client: what the outbox holds and the output encodes.</summary>
/// <param name="Message">The message; null for the release of a QoS 2 message (PUBREL).</param>
/// <param name="QoS">The lower of the publisher's and the subscription's QoS.</param>
/// <param name="Retain">The RETAIN flag that this client sees.</param>
/// <param name="Identifiers">Subscription identifiers of all filters that matched; null is none.</param>
/// <param name="PacketId">Set when it is taken to be sent, or before when the journal holds it; 0 at QoS 0.</param>
/// <param name="Duplicate">It may have been sent before.</param>
/// <param name="Shared">The group that dealt it; null when it is the client's own.</param>
/// <param name="Number">The journal's name for it, unique in its session; 0 when the journal does not hold it.</param>
/// <param name="Position">What the journal's durable end must reach before it may be sent.</param>
internal readonly record struct Delivery(
    ApplicationMessage? Message, QualityOfService QoS, bool Retain, uint[]? Identifiers, ushort PacketId = 0, bool Duplicate = false,
    SharedGroup? Shared = null, long Number = 0, long Position = 0)
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

    /// <summary>All queues together are, and this client has its share.</summary>
    NoRoom,
}

/// <summary>What an acknowledgement found in flight.</summary>
internal enum AckResult
{
    /// <summary>Nothing under this id: a repeat, or one of another life.</summary>
    Unknown,

    /// <summary>It fits.</summary>
    Done,

    /// <summary>It is not the answer to what was sent under this id.</summary>
    Mismatch,
}
