namespace TrafficCore.Mqtt.Wire;

/// <summary>An UNSUBSCRIBE packet over borrowed memory. Decoding has checked every entry; <see cref="Read"/> walks them.</summary>
public ref struct UnsubscribeView
{
    private readonly ReadOnlySpan<byte> _properties;
    private WireReader _entries;

    private UnsubscribeView(ushort packetId, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> entries)
    {
        PacketId = packetId;
        _properties = properties;
        _entries = new WireReader(entries);
    }

    /// <summary>The packet identifier.</summary>
    public ushort PacketId { get; }

    /// <summary>The properties, empty before 5.0.</summary>
    public readonly PropertyReader Properties => new(_properties, PacketType.Unsubscribe);

    /// <summary>Number of entries.</summary>
    public int Count { readonly get; private set; }

    /// <summary>The filter of the current entry.</summary>
    public ReadOnlySpan<byte> Filter { readonly get; private set; }

    /// <summary>Decodes the body of an UNSUBSCRIBE packet; at least one entry [MQTT-3.10.3-2].</summary>
    /// <exception cref="MqttProtocolException">The packet breaks a rule.</exception>
    public static UnsubscribeView Decode(ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new WireReader(body);
        var id = reader.ReadPacketId();
        var properties = version == MqttVersion.V5 ? reader.ReadProperties() : default;
        var view = new UnsubscribeView(id, properties, reader.Rest);
        view.Properties.CheckAll();
        if (reader.IsEmpty)
        {
            MqttProtocolException.ProtocolError("UNSUBSCRIBE without a filter");
        }

        var check = view;
        while (check.Read())
        {
            view.Count++;
        }

        return view;
    }

    /// <summary>Moves to the next entry; false at the end.</summary>
    public bool Read()
    {
        if (_entries.IsEmpty)
        {
            return false;
        }

        Filter = _entries.ReadString();
        return true;
    }
}
