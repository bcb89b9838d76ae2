using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>One message to publish.</summary>
/// <param name="Topic">Topic name.</param>
/// <param name="Payload">Payload; must stay unchanged until the publication is acknowledged, because it may have to be sent again.</param>
/// <param name="QoS">At most once, at least once, or exactly once.</param>
/// <param name="Retain">Whether the broker keeps it for later subscribers.</param>
/// <param name="Tag">The caller's own number; comes back with the acknowledgement.</param>
/// <param name="Properties">What MQTT 5.0 lets it say about itself; null for nothing.</param>
public readonly record struct MqttPublication(
    string Topic,
    ReadOnlyMemory<byte> Payload,
    QualityOfService QoS = QualityOfService.AtLeastOnce,
    bool Retain = false,
    long Tag = 0,
    MqttProperties? Properties = null);
