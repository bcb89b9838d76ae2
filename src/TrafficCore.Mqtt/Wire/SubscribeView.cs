using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Mqtt.Wire;

/// <summary>A SUBSCRIBE packet over borrowed memory. Decoding has checked every entry; <see cref="Read"/> walks them.</summary>
public ref struct SubscribeView
{
    private readonly ReadOnlySpan<byte> _properties;
    private readonly MqttVersion _version;
    private WireReader _entries;

    private SubscribeView(ushort packetId, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> entries, MqttVersion version)
    {
        PacketId = packetId;
        _properties = properties;
        _entries = new WireReader(entries);
        _version = version;
    }

    /// <summary>The packet identifier.</summary>
    public ushort PacketId { get; }

    /// <summary>The properties, empty before 5.0.</summary>
    public readonly PropertyReader Properties => new(_properties, PacketType.Subscribe);

    /// <summary>Number of entries.</summary>
    public int Count { readonly get; private set; }

    /// <summary>The filter of the current entry; it may still be an invalid filter, which has a reason code of its own.</summary>
    public ReadOnlySpan<byte> Filter { readonly get; private set; }

    /// <summary>The options of the current entry.</summary>
    public SubscribeOptions Options { readonly get; private set; }

    /// <summary>Decodes the body of a SUBSCRIBE packet; at least one entry [MQTT-3.8.3-2].</summary>
    /// <exception cref="MqttProtocolException">The packet breaks a rule.</exception>
    public static SubscribeView Decode(ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new WireReader(body);
        var id = reader.ReadPacketId();
        var properties = version == MqttVersion.V5 ? reader.ReadProperties() : default;
        var view = new SubscribeView(id, properties, reader.Rest, version);
        view.Properties.CheckAll();
        if (reader.IsEmpty)
        {
            MqttProtocolException.ProtocolError("SUBSCRIBE without a filter");
        }

        var check = view;
        while (check.Read())
        {
            if (check.Options.NoLocal && TopicFilter.IsShared(check.Filter))
            {
                MqttProtocolException.ProtocolError("No local on a shared subscription"); // [MQTT-3.8.3-4]
            }

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
        Options = SubscribeOptions.FromByte(_entries.ReadByte(), _version);
        return true;
    }
}
