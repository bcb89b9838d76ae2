namespace TrafficCore.Mqtt.Wire;

/// <summary>A CONNECT packet over borrowed memory.</summary>
public readonly ref struct ConnectView
{
    private ConnectView(MqttVersion version, byte flags, ushort keepAlive)
    {
        Version = version;
        Flags = flags;
        KeepAliveSeconds = keepAlive;
    }

    /// <summary>The protocol the client speaks.</summary>
    public MqttVersion Version { get; }

    /// <summary>Seconds between packets that the client promises; 0 is no promise.</summary>
    public ushort KeepAliveSeconds { get; }

    /// <summary>Clean session (3.1.1) or clean start (5.0).</summary>
    public bool CleanStart => (Flags & 0x02) != 0;

    /// <summary>A will follows.</summary>
    public bool HasWill => (Flags & 0x04) != 0;

    /// <summary>QoS of the will.</summary>
    public QualityOfService WillQoS => (QualityOfService)(Flags >> 3 & 3);

    /// <summary>The will is to be retained.</summary>
    public bool WillRetain => (Flags & 0x20) != 0;

    /// <summary>A password follows.</summary>
    public bool HasPassword => (Flags & 0x40) != 0;

    /// <summary>A user name follows.</summary>
    public bool HasUserName => (Flags & 0x80) != 0;

    /// <summary>The client's id, possibly empty.</summary>
    public ReadOnlySpan<byte> ClientId { get; private init; }

    /// <summary>Where the will goes.</summary>
    public ReadOnlySpan<byte> WillTopic { get; private init; }

    /// <summary>What the will says.</summary>
    public ReadOnlySpan<byte> WillPayload { get; private init; }

    /// <summary>The user name.</summary>
    public ReadOnlySpan<byte> UserName { get; private init; }

    /// <summary>The password.</summary>
    public ReadOnlySpan<byte> Password { get; private init; }

    private byte Flags { get; }

    private ReadOnlySpan<byte> PropertyBytes { get; init; }

    private ReadOnlySpan<byte> WillPropertyBytes { get; init; }

    /// <summary>The properties of the connection.</summary>
    public PropertyReader Properties => new(PropertyBytes, PacketType.Connect);

    /// <summary>The properties of the will.</summary>
    public PropertyReader WillProperties => new(WillPropertyBytes, PropertyRules.Will);

    /// <summary>The protocol that a body begins with, whatever follows; null when it is none that is known.</summary>
    public static MqttVersion? PeekVersion(ReadOnlySpan<byte> body) =>
        body.StartsWith("\0\u0004MQTT"u8) && body.Length > 6 && body[6] is (byte)MqttVersion.V311 or (byte)MqttVersion.V5 ? (MqttVersion)body[6] : null;

    /// <summary>Decodes the body of a CONNECT packet (5.0 section 3.1, 3.1.1 section 3.1).</summary>
    /// <exception cref="MqttProtocolException">The packet breaks a rule.</exception>
    public static ConnectView Decode(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var version = ReadVersion(ref reader);
        var flags = ReadFlags(ref reader, version);
        var keepAlive = reader.ReadUInt16();
        ReadOnlySpan<byte> properties = default, willProperties = default, willTopic = default, willPayload = default;
        if (version == MqttVersion.V5)
        {
            properties = reader.ReadProperties();
            Check(new PropertyReader(properties, PacketType.Connect));
        }

        var clientId = reader.ReadString();
        if ((flags & 0x04) != 0)
        {
            if (version == MqttVersion.V5)
            {
                willProperties = reader.ReadProperties();
                Check(new PropertyReader(willProperties, PropertyRules.Will));
            }

            willTopic = reader.ReadString();
            willPayload = reader.ReadBinary();
        }

        var userName = (flags & 0x80) != 0 ? reader.ReadString() : default;
        var password = (flags & 0x40) != 0 ? reader.ReadBinary() : default;
        reader.ExpectEnd();
        return new ConnectView(version, flags, keepAlive)
        {
            PropertyBytes = properties,
            ClientId = clientId,
            WillPropertyBytes = willProperties,
            WillTopic = willTopic,
            WillPayload = willPayload,
            UserName = userName,
            Password = password,
        };
    }

    private static MqttVersion ReadVersion(ref WireReader reader)
    {
        var name = reader.ReadBinary();
        var level = reader.ReadByte();
        if (name.SequenceEqual("MQTT"u8) && level is (byte)MqttVersion.V311 or (byte)MqttVersion.V5)
        {
            return (MqttVersion)level;
        }

        if (name.SequenceEqual("MQIsdp"u8) && level == (byte)MqttVersion.V31)
        {
            return MqttVersion.V31;
        }

        // [MQTT-3.1.2-1], [MQTT-3.1.2-2]: both are answered with "unsupported protocol version".
        MqttProtocolException.Throw(ReasonCode.UnsupportedProtocolVersion, "The protocol name or level is not supported");
        return default;
    }

    private static byte ReadFlags(ref WireReader reader, MqttVersion version)
    {
        var flags = reader.ReadByte();
        if ((flags & 0x01) != 0)
        {
            MqttProtocolException.Malformed("The reserved CONNECT flag is set"); // [MQTT-3.1.2-3]
        }

        var hasWill = (flags & 0x04) != 0;
        if ((!hasWill && (flags & 0x38) != 0) || (flags & 0x18) == 0x18)
        {
            MqttProtocolException.Malformed("The will flags contradict each other"); // [MQTT-3.1.2-11], [MQTT-3.1.2-12]
        }

        if (version != MqttVersion.V5 && (flags & 0xC0) == 0x40)
        {
            MqttProtocolException.Malformed("A password without a user name"); // 3.1.1 [MQTT-3.1.2-22]
        }

        return flags;
    }

    private static void Check(PropertyReader properties)
    {
        bool method = false, data = false;
        while (properties.Read())
        {
            method |= properties.Id == PropertyId.AuthenticationMethod;
            data |= properties.Id == PropertyId.AuthenticationData;
        }

        if (data && !method)
        {
            MqttProtocolException.ProtocolError("Authentication data without a method"); // 5.0 section 3.1.2.11.10
        }
    }
}
