namespace TrafficCore.Mqtt.Wire;

/// <summary>A CONNACK packet over borrowed memory.</summary>
public readonly ref struct ConnackView
{
    private readonly ReadOnlySpan<byte> _properties;

    private ConnackView(bool sessionPresent, ReasonCode reason, ReadOnlySpan<byte> properties)
    {
        SessionPresent = sessionPresent;
        Reason = reason;
        _properties = properties;
    }

    /// <summary>The server had a session of this client.</summary>
    public bool SessionPresent { get; }

    /// <summary>The outcome; return codes of 3.1.1 are mapped.</summary>
    public ReasonCode Reason { get; }

    /// <summary>The properties, empty before 5.0.</summary>
    public PropertyReader Properties => new(_properties, PacketType.Connack);

    /// <summary>Decodes the body of a CONNACK packet.</summary>
    /// <exception cref="MqttProtocolException">The packet breaks a rule.</exception>
    public static ConnackView Decode(ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new WireReader(body);
        var flags = reader.ReadByte();
        if (flags > 1)
        {
            MqttProtocolException.Malformed("Reserved CONNACK flags are set"); // [MQTT-3.2.2-1]
        }

        var code = reader.ReadByte();
        ReadOnlySpan<byte> properties = default;
        if (version == MqttVersion.V5)
        {
            properties = reader.ReadProperties();
        }

        reader.ExpectEnd();
        var view = new ConnackView(flags == 1, version == MqttVersion.V5 ? (ReasonCode)code : ReasonCodes.FromConnectReturnCode(code), properties);
        view.Properties.CheckAll();
        return view;
    }
}
