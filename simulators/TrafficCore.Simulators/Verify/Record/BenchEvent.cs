using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Verify;

/// <summary>Something that was seen of a device, or that the bench did to it. Immutable.</summary>
/// <param name="At">When, by the bench's clock.</param>
/// <param name="Connection">Number of the connection, from 1; 0 when it is about none.</param>
internal abstract record BenchEvent(DateTimeOffset At, int Connection);

/// <summary>A device connected, and was let in.</summary>
internal sealed record DeviceConnected(DateTimeOffset At, int Connection, ConnectFacts Facts) : BenchEvent(At, Connection);

/// <summary>Something came that was not an MQTT connection that the bench lets in.</summary>
internal sealed record ConnectRefused(DateTimeOffset At, int Connection, string Words) : BenchEvent(At, Connection);

/// <summary>A device published.</summary>
/// <param name="At">When.</param>
/// <param name="Connection">On which connection.</param>
/// <param name="Topic">Topic.</param>
/// <param name="Payload">Payload.</param>
/// <param name="QoS">Quality of service.</param>
/// <param name="Retain">Whether it is to be kept.</param>
/// <param name="Duplicate">Whether the device says that it may have sent it before.</param>
/// <param name="PacketId">Packet id; 0 at QoS 0.</param>
/// <param name="IsAnswered">Whether the bench acknowledged it.</param>
internal sealed record DevicePublished(
    DateTimeOffset At, int Connection, string Topic, ReadOnlyMemory<byte> Payload, QualityOfService QoS, bool Retain, bool Duplicate, ushort PacketId, bool IsAnswered)
    : BenchEvent(At, Connection);

/// <summary>A device subscribed.</summary>
internal sealed record DeviceSubscribed(DateTimeOffset At, int Connection, string Filter, QualityOfService QoS) : BenchEvent(At, Connection);

/// <summary>A device sent a packet that says nothing else than that it is there.</summary>
internal sealed record DevicePinged(DateTimeOffset At, int Connection) : BenchEvent(At, Connection);

/// <summary>A connection ended.</summary>
internal sealed record DeviceGone(DateTimeOffset At, int Connection, DeviceEnd End, string Words) : BenchEvent(At, Connection);

/// <summary>The bench sent a message to a device.</summary>
internal sealed record BenchDelivered(DateTimeOffset At, int Connection, string Topic, ReadOnlyMemory<byte> Payload, ushort PacketId) : BenchEvent(At, Connection);

/// <summary>The device acknowledged such a message.</summary>
internal sealed record DeliveryAnswered(DateTimeOffset At, int Connection, ushort PacketId) : BenchEvent(At, Connection);

/// <summary>The bench begins to do something else.</summary>
internal sealed record StageBegun(DateTimeOffset At, BenchStage Stage) : BenchEvent(At, 0);

/// <summary>Why a connection ended.</summary>
internal enum DeviceEnd
{
    /// <summary>The device said good-bye.</summary>
    Polite,

    /// <summary>The device closed it, or the network did.</summary>
    Lost,

    /// <summary>The bench dropped it.</summary>
    Dropped,

    /// <summary>The device broke the protocol.</summary>
    BrokeProtocol,
}

/// <summary>What the bench does, in this order.</summary>
internal enum BenchStage
{
    /// <summary>Waits for a device.</summary>
    Waiting,

    /// <summary>Watches an undisturbed device.</summary>
    Observing,

    /// <summary>Sends messages to boards and watches what they say.</summary>
    Boards,

    /// <summary>Acknowledges nothing.</summary>
    Withholding,

    /// <summary>Has dropped the connections, and watches what is sent again.</summary>
    Resending,

    /// <summary>Lets nobody in.</summary>
    Outage,

    /// <summary>Lets devices in again, and watches what they have kept.</summary>
    CatchingUp,

    /// <summary>Is done.</summary>
    Done,
}
