namespace TrafficCore.Mqtt.Wire;

/// <summary>
/// Reads the properties of one packet in order. Checks as it goes: known, allowed in this packet, not repeated, in range, whole.
/// </summary>
public ref struct PropertyReader
{
    private readonly PacketType _packet;
    private WireReader _reader;
    private ulong _seen;

    internal PropertyReader(ReadOnlySpan<byte> properties, PacketType packet)
    {
        _reader = new WireReader(properties);
        _packet = packet;
    }

    /// <summary>The property that was read.</summary>
    public PropertyId Id { readonly get; private set; }

    /// <summary>The value of a numeric property.</summary>
    public uint Number { readonly get; private set; }

    /// <summary>The value of a string or binary property; the name of a user property.</summary>
    public ReadOnlySpan<byte> Bytes { readonly get; private set; }

    /// <summary>The value of a user property.</summary>
    public ReadOnlySpan<byte> UserValue { readonly get; private set; }

    /// <summary>Moves to the next property; false at the end.</summary>
    /// <exception cref="MqttProtocolException">The block breaks a rule.</exception>
    public bool Read()
    {
        if (_reader.IsEmpty)
        {
            Id = PropertyId.None;
            return false;
        }

        // Identifiers are variable byte integers, but all that exist are below 128.
        var id = _reader.ReadVariableByteInteger();
        if (id > (int)PropertyId.SharedSubscriptionAvailable || !PropertyRules.IsAllowed((PropertyId)id, _packet))
        {
            MqttProtocolException.Malformed($"Property {id} is not allowed in {_packet}");
        }

        Id = (PropertyId)id;
        if ((_seen >> id & 1) != 0 && !PropertyRules.IsRepeatable(Id, _packet))
        {
            MqttProtocolException.ProtocolError($"Property {Id} is repeated");
        }

        _seen |= 1UL << id;
        Bytes = default;
        UserValue = default;
        Number = 0;
        ReadValue();
        return true;
    }

    /// <summary>Reads what is left; throws when any of it breaks a rule.</summary>
    internal void CheckAll()
    {
        while (Read())
        {
        }
    }

    private void ReadValue()
    {
        if (PropertyRules.IsString(Id))
        {
            Bytes = _reader.ReadString();
            return;
        }

        if (PropertyRules.IsBinary(Id))
        {
            Bytes = _reader.ReadBinary();
            return;
        }

        if (Id == PropertyId.UserProperty)
        {
            Bytes = _reader.ReadString();
            UserValue = _reader.ReadString();
            return;
        }

        Number = PropertyRules.IsByte(Id) ? _reader.ReadByte()
            : PropertyRules.IsUInt16(Id) ? _reader.ReadUInt16()
            : PropertyRules.IsUInt32(Id) ? _reader.ReadUInt32()
            : (uint)_reader.ReadVariableByteInteger();
        if (!PropertyRules.IsInRange(Id, Number))
        {
            if (Id == PropertyId.TopicAlias)
            {
                MqttProtocolException.Throw(ReasonCode.TopicAliasInvalid, "Topic alias 0"); // [MQTT-3.3.2-8]
            }

            MqttProtocolException.ProtocolError($"Property {Id} has the value {Number}");
        }
    }
}
