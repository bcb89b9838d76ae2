namespace TrafficCore.Mqtt.Wire;

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP over borrowed memory.</summary>
public readonly ref struct AckView
{
    private readonly ReadOnlySpan<byte> _properties;
    private readonly PacketType _packet;

    private AckView(PacketType packet, ushort packetId, ReasonCode reason, ReadOnlySpan<byte> properties)
    {
        _packet = packet;
        PacketId = packetId;
        Reason = reason;
        _properties = properties;
    }

    /// <summary>Which packet it answers.</summary>
    public ushort PacketId { get; }

    /// <summary>The outcome; always success before 5.0.</summary>
    public ReasonCode Reason { get; }

    /// <summary>The properties, empty before 5.0.</summary>
    public PropertyReader Properties => new(_properties, _packet);

    /// <summary>Decodes the body; in 5.0 the reason may be left out (then success), and the properties.</summary>
    /// <exception cref="MqttProtocolException">The packet breaks a rule.</exception>
    public static AckView Decode(PacketType packet, ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new WireReader(body);
        var id = reader.ReadPacketId();
        var reason = ReasonCode.Success;
        ReadOnlySpan<byte> properties = default;
        if (version == MqttVersion.V5 && !reader.IsEmpty)
        {
            reason = (ReasonCode)reader.ReadByte();
            if (!IsDefined(packet, reason))
            {
                MqttProtocolException.ProtocolError($"Reason 0x{(byte)reason:X2} is not one of {packet}"); // [MQTT-3.4.2-1] and its kin
            }

            if (!reader.IsEmpty)
            {
                properties = reader.ReadProperties();
            }
        }

        reader.ExpectEnd();
        var view = new AckView(packet, id, reason, properties);
        view.Properties.CheckAll();
        return view;
    }

    private static bool IsDefined(PacketType packet, ReasonCode reason) => packet is PacketType.Pubrel or PacketType.Pubcomp
        ? reason is ReasonCode.Success or ReasonCode.PacketIdentifierNotFound
        : reason is ReasonCode.Success or ReasonCode.NoMatchingSubscribers or ReasonCode.UnspecifiedError
            or ReasonCode.ImplementationSpecificError or ReasonCode.NotAuthorized or ReasonCode.TopicNameInvalid
            or ReasonCode.PacketIdentifierInUse or ReasonCode.QuotaExceeded or ReasonCode.PayloadFormatInvalid;
}
