using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>A filter and what is asked for with it. With 3.1.1 only filter and QoS can be asked for.</summary>
/// <param name="Filter">Topic filter; <c>$share/{group}/{filter}</c> shares its messages with the other clients of the group.</param>
/// <param name="QoS">Highest quality of service of deliveries.</param>
/// <param name="NoLocal">Whether the client's own publications are left out; not allowed for shared filters [MQTT-3.8.3-4].</param>
/// <param name="RetainAsPublished">Whether live messages keep their retain flag; default: only messages that the broker had kept carry it.</param>
/// <param name="RetainHandling">Which kept messages come with the subscription.</param>
/// <param name="Identifier">Comes back with each delivery, see <see cref="MqttProperties.SubscriptionIdentifiers"/>; 0: none.</param>
public readonly record struct MqttSubscription(
    string Filter,
    QualityOfService QoS = QualityOfService.AtLeastOnce,
    bool NoLocal = false,
    bool RetainAsPublished = false,
    RetainHandling RetainHandling = RetainHandling.Send,
    int Identifier = 0)
{
    internal SubscribeOptions Options => new(QoS, NoLocal, RetainAsPublished, RetainHandling);
}
