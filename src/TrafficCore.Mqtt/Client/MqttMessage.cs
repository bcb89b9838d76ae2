using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>A message that a subscription delivered. Immutable, owns its bytes.</summary>
/// <param name="Topic">Topic name.</param>
/// <param name="Payload">Payload.</param>
/// <param name="QoS">Quality of service of this delivery.</param>
/// <param name="Retain">True when the broker had kept it from before the subscription.</param>
public sealed record MqttMessage(string Topic, ReadOnlyMemory<byte> Payload, QualityOfService QoS, bool Retain)
{
    /// <summary>The broker may have delivered it before.</summary>
    public bool Duplicate { get; init; }

    /// <summary>What it says about itself (5.0); null for nothing.</summary>
    public MqttProperties? Properties { get; init; }

    internal ClientSession? Session { get; init; }

    internal long Ticket { get; init; }

    /// <summary>
    /// Lets PUBACK or PUBREC leave, as soon as those of the messages before it have left too [MQTT-4.6.0-2]. For a client with
    /// <see cref="MqttClientOptions.ManualAcknowledgement"/>; else, and at QoS 0, it does nothing. When the connection that brought a
    /// QoS 1 message is gone, its acknowledgement is too: the broker delivers it again.
    /// </summary>
    /// <param name="reason">Success, or with 5.0 why the message is refused; 3.1.1 cannot say it.</param>
    public void Acknowledge(ReasonCode reason = ReasonCode.Success) => Session?.Acknowledge(Ticket, reason);
}
