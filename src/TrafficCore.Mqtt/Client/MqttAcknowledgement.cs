using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>What became of one publication at QoS 1 or 2.</summary>
/// <param name="Tag">The publication's <see cref="MqttPublication.Tag"/>.</param>
/// <param name="Reason">
/// Success, or with 5.0 why the broker did not take the message; 3.1.1 knows success only. <see cref="ReasonCode.ImplementationSpecificError"/>
/// without a word from the broker: it expired before it could be sent.
/// </param>
/// <param name="Words">The broker's reason string (5.0), or null.</param>
public readonly record struct MqttAcknowledgement(long Tag, ReasonCode Reason, string? Words = null)
{
    /// <summary>Whether the broker took the message.</summary>
    public bool IsSuccess => !Reason.IsError();
}
