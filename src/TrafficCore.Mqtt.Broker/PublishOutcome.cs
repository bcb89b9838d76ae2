namespace TrafficCore.Mqtt.Broker;

/// <summary>What <see cref="PublishSession.Accept"/> did with a message.</summary>
public enum PublishOutcome
{
    /// <summary>Not for the service: an ordinary broker's message, acknowledged by the ordinary rules.</summary>
    NotIngested,

    /// <summary>Collected; it is acknowledged when it is durable.</summary>
    Collected,

    /// <summary>Does not parse. The rejection is collected and is acknowledged when it is durable, in 5.0 with 0x99.</summary>
    Rejected,
}
