using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>A message that a subscription delivered. Immutable, owns its bytes.</summary>
/// <param name="Topic">Topic name.</param>
/// <param name="Payload">Payload.</param>
/// <param name="QoS">Quality of service of this delivery.</param>
/// <param name="Retain">True when the broker had kept it from before the subscription.</param>
public sealed record MqttMessage(string Topic, ReadOnlyMemory<byte> Payload, QualityOfService QoS, bool Retain);
