namespace TrafficCore.Mqtt.Broker;

/// <summary>What the retain flag of a message means to the store, by where the message comes from. Without the flag it means nothing.</summary>
internal enum Retention
{
    /// <summary>Not stored: telemetry that the service takes in is not retained, whatever its flag says.</summary>
    None,

    /// <summary>Stored when there is room, delivered all the same: for publishers that cannot be told of a refusal.</summary>
    IfRoom,

    /// <summary>Delivered only when it was stored: for publishers that are told of the refusal.</summary>
    OrRefuse,

    /// <summary>
    /// Stored outside the limits, and in memory only: the service's own messages, of which there is one for each board. Who made them publishes them again after
    /// a start, from a state that is newer than a journal could be.
    /// </summary>
    Always,
}
