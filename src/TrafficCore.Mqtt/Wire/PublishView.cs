namespace TrafficCore.Mqtt.Wire;

/// <summary>A PUBLISH packet over borrowed memory: nothing of it may be kept after the call that received it.</summary>
public readonly ref struct PublishView
{
    private readonly ReadOnlySpan<byte> _properties;
    private readonly byte _first;

    private PublishView(byte first, ReadOnlySpan<byte> topic, ushort packetId, ushort topicAlias, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> payload)
    {
        _first = first;
        Topic = topic;
        PacketId = packetId;
        TopicAlias = topicAlias;
        _properties = properties;
        Payload = payload;
    }

    /// <summary>The topic name; empty only when <see cref="TopicAlias"/> stands for it.</summary>
    public ReadOnlySpan<byte> Topic { get; }

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The packet identifier; 0 at QoS 0.</summary>
    public ushort PacketId { get; }

    /// <summary>The topic alias (5.0); 0 is none.</summary>
    public ushort TopicAlias { get; }

    /// <summary>The QoS.</summary>
    public QualityOfService QoS => (QualityOfService)(_first >> 1 & 3);

    /// <summary>The sender may have sent it before.</summary>
    public bool Duplicate => (_first & 0x08) != 0;

    /// <summary>The message is to be retained (to a server), or was retained (to a client).</summary>
    public bool Retain => (_first & 0x01) != 0;

    /// <summary>There is a subscription identifier, which only a server may send.</summary>
    public bool HasSubscriptionIdentifier { get; private init; }

    /// <summary>There are properties.</summary>
    public bool HasProperties => !_properties.IsEmpty;

    /// <summary>The properties, empty before 5.0.</summary>
    public PropertyReader Properties => new(_properties, PacketType.Publish);

    /// <summary>The same packet with the topic that its alias stands for.</summary>
    public PublishView WithTopic(ReadOnlySpan<byte> topic) => new(_first, topic, PacketId, TopicAlias, _properties, Payload);

    /// <summary>A view of a message that did not come as a packet: a will, or one the service makes itself.</summary>
    public static PublishView Create(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, QualityOfService qos, bool retain, ushort packetId = 0) =>
        new((byte)((int)PacketType.Publish << 4 | (int)qos << 1 | (retain ? 1 : 0)), topic, packetId, 0, default, payload);

    /// <summary>Decodes the body of a PUBLISH packet. The topic is UTF-8 without wildcards (5.0 section 3.3.2.1).</summary>
    /// <param name="first">The packet's first byte, whose flags the frame reader has checked.</param>
    /// <param name="body">The bytes after the fixed header.</param>
    /// <param name="version">The protocol of the connection.</param>
    /// <exception cref="MqttProtocolException">The packet breaks a rule.</exception>
    public static PublishView Decode(byte first, ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new WireReader(body);
        var topic = reader.ReadBinary();
        var packetId = (first & 0x06) != 0 ? reader.ReadUInt16() : (ushort)0;
        if (packetId == 0 && (first & 0x06) != 0)
        {
            MqttProtocolException.ProtocolError("Packet identifier 0"); // [MQTT-2.2.1-3]
        }

        ReadOnlySpan<byte> properties = default;
        ushort alias = 0;
        var isIdentified = false;
        if (version == MqttVersion.V5)
        {
            properties = reader.ReadProperties();
            if (!properties.IsEmpty)
            {
                alias = CheckProperties(properties, out isIdentified);
            }
        }

        if (topic.IsEmpty)
        {
            if (alias == 0)
            {
                MqttProtocolException.ProtocolError("An empty topic name"); // [MQTT-4.7.3-1], 3.3.2.1
            }
        }
        else if (!Topics.TopicName.IsValid(topic))
        {
            // [MQTT-3.3.2-1] (UTF-8) and [MQTT-3.3.2-2] (no wildcards)
            MqttProtocolException.Throw(
                MqttUtf8.IsValid(topic) ? ReasonCode.TopicNameInvalid : ReasonCode.MalformedPacket, "The topic name is not valid");
        }

        return new PublishView(first, topic, packetId, alias, properties, reader.Rest) { HasSubscriptionIdentifier = isIdentified };
    }

    private static ushort CheckProperties(ReadOnlySpan<byte> properties, out bool isIdentified)
    {
        ushort alias = 0;
        isIdentified = false;
        var reader = new PropertyReader(properties, PacketType.Publish);
        while (reader.Read())
        {
            if (reader.Id == PropertyId.TopicAlias)
            {
                alias = (ushort)reader.Number;
            }
            else if (reader.Id == PropertyId.SubscriptionIdentifier)
            {
                isIdentified = true;
            }
            else if (reader.Id == PropertyId.ResponseTopic && !Topics.TopicName.IsValid(reader.Bytes))
            {
                MqttProtocolException.ProtocolError("The response topic is not a topic name"); // [MQTT-3.3.2-14]
            }
        }

        return alias;
    }
}
