namespace TrafficCore.Mqtt.Wire;

/// <summary>DISCONNECT or AUTH over borrowed memory.</summary>
public readonly ref struct DisconnectView
{
    private readonly ReadOnlySpan<byte> _properties;
    private readonly PacketType _packet;

    private DisconnectView(PacketType packet, ReasonCode reason, ReadOnlySpan<byte> properties)
    {
        _packet = packet;
        Reason = reason;
        _properties = properties;
    }

    /// <summary>Why; always normal before 5.0.</summary>
    public ReasonCode Reason { get; }

    /// <summary>The properties, empty before 5.0.</summary>
    public PropertyReader Properties => new(_properties, _packet);

    /// <summary>Decodes the body; in 5.0 the reason may be left out (then normal or success), and the properties.</summary>
    /// <exception cref="MqttProtocolException">The packet breaks a rule.</exception>
    public static DisconnectView Decode(PacketType packet, ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new WireReader(body);
        var reason = ReasonCode.Success;
        ReadOnlySpan<byte> properties = default;
        if (version == MqttVersion.V5 && !reader.IsEmpty)
        {
            reason = (ReasonCode)reader.ReadByte();
            if (!IsDefined(packet, reason))
            {
                MqttProtocolException.ProtocolError($"Reason 0x{(byte)reason:X2} is not one of {packet}"); // [MQTT-3.14.2-1], [MQTT-3.15.2-1]
            }

            if (!reader.IsEmpty)
            {
                properties = reader.ReadProperties();
            }
        }

        reader.ExpectEnd();
        var view = new DisconnectView(packet, reason, properties);
        view.Properties.CheckAll();
        return view;
    }

    /// <summary>5.0 tables 3-10 (both directions) and 3-11.</summary>
    private static bool IsDefined(PacketType packet, ReasonCode reason) => packet == PacketType.Auth
        ? reason is ReasonCode.Success or ReasonCode.ContinueAuthentication or ReasonCode.ReAuthenticate
        : reason is ReasonCode.Success or ReasonCode.DisconnectWithWill
            or (>= ReasonCode.UnspecifiedError and <= ReasonCode.ImplementationSpecificError) or ReasonCode.NotAuthorized or ReasonCode.ServerBusy
            or (>= ReasonCode.ServerShuttingDown and <= ReasonCode.TopicNameInvalid)
            or (>= ReasonCode.ReceiveMaximumExceeded and <= ReasonCode.WildcardSubscriptionsNotSupported);
}
