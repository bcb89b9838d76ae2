using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>The broker's answer to one publication at QoS 1.</summary>
/// <param name="Tag">The publication's <see cref="MqttPublication.Tag"/>.</param>
/// <param name="Reason">Success, or with 5.0 why the message was not taken; 3.1.1 knows success only.</param>
public readonly record struct MqttAcknowledgement(long Tag, ReasonCode Reason)
{
    /// <summary>Whether the broker took the message.</summary>
    public bool IsSuccess => !Reason.IsError();
}
