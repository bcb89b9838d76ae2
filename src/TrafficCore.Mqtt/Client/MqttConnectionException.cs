using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>
/// The connection could not be made, or is gone. The one exception that using a client can end in, arguments and
/// cancellation aside.
/// </summary>
public sealed class MqttConnectionException : Exception
{
    internal MqttConnectionException(
        string message, ReasonCode? reason = null, Exception? inner = null, IReadOnlyList<MqttPublication>? unacknowledged = null)
        : base(message, inner)
    {
        Reason = reason;
        Unacknowledged = unacknowledged ?? [];
    }

    /// <summary>The broker's own words in CONNACK or DISCONNECT, or the rule that it broke; null when the network failed.</summary>
    public ReasonCode? Reason { get; }

    /// <summary>Where the broker says that the client should go instead (5.0 section 4.13), or null.</summary>
    public string? ServerReference { get; internal init; }

    /// <summary>
    /// Publications at QoS 1 and 2 that were handed over and not acknowledged, in the order of publishing. The broker may or may not
    /// have them: to be sure, publish them again. Always empty where a client reconnects by itself and keeps them.
    /// </summary>
    public IReadOnlyList<MqttPublication> Unacknowledged { get; }
}
