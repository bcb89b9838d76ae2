using System.Diagnostics.CodeAnalysis;

namespace TrafficCore.Mqtt.Wire;

/// <summary>The peer broke the protocol. The connection cannot go on; the reason says what to tell the peer.</summary>
public sealed class MqttProtocolException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MqttProtocolException(ReasonCode reason, string message)
        : base(message) => Reason = reason;

    /// <summary>The reason code for DISCONNECT or CONNACK.</summary>
    public ReasonCode Reason { get; }

    [DoesNotReturn]
    internal static void Malformed(string message) => throw new MqttProtocolException(ReasonCode.MalformedPacket, message);

    [DoesNotReturn]
    internal static void ProtocolError(string message) => throw new MqttProtocolException(ReasonCode.ProtocolError, message);

    [DoesNotReturn]
    internal static void Throw(ReasonCode reason, string message) => throw new MqttProtocolException(reason, message);
}
