using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>One message to publish.</summary>
/// <param name="Topic">Topic name.</param>
/// <param name="Payload">Payload; must stay unchanged until the publication is acknowledged, because a lost connection hands it back.</param>
/// <param name="QoS">At most once, or at least once.</param>
/// <param name="Retain">Whether the broker keeps it for later subscribers.</param>
/// <param name="Tag">The caller's own number; comes back with the acknowledgement.</param>
public readonly record struct MqttPublication(
    string Topic,
    ReadOnlyMemory<byte> Payload,
    QualityOfService QoS = QualityOfService.AtLeastOnce,
    bool Retain = false,
    long Tag = 0);
