namespace TrafficCore.Mqtt.Wire;

/// <summary>SUBACK or UNSUBACK over borrowed memory.</summary>
public readonly ref struct SubackView
{
    private readonly ReadOnlySpan<byte> _properties;
    private readonly ReadOnlySpan<byte> _reasons;
    private readonly PacketType _packet;

    private SubackView(PacketType packet, ushort packetId, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> reasons)
    {
        _packet = packet;
        PacketId = packetId;
        _properties = properties;
        _reasons = reasons;
    }

    /// <summary>Which packet it answers.</summary>
    public ushort PacketId { get; }

    /// <summary>Number of reason codes: one for each filter, but none in an UNSUBACK before 5.0.</summary>
    public int Count => _reasons.Length;

    /// <summary>The properties, empty before 5.0.</summary>
    public PropertyReader Properties => new(_properties, _packet);

    /// <summary>The reason code for the filter at this index.</summary>
    public ReasonCode this[int index] => (ReasonCode)_reasons[index];

    /// <summary>Decodes the body of a SUBACK or UNSUBACK packet.</summary>
    /// <exception cref="MqttProtocolException">The packet breaks a rule.</exception>
    public static SubackView Decode(PacketType packet, ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new WireReader(body);
        var id = reader.ReadPacketId();
        var properties = version == MqttVersion.V5 ? reader.ReadProperties() : default;
        var view = new SubackView(packet, id, properties, reader.Rest);
        view.Properties.CheckAll();
        if (packet == PacketType.Unsuback && version != MqttVersion.V5)
        {
            reader.ExpectEnd();
        }
        else if (reader.IsEmpty)
        {
            MqttProtocolException.ProtocolError($"{packet} without a reason code");
        }

        return view;
    }
}
