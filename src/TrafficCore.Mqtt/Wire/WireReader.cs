using System.Buffers.Binary;

namespace TrafficCore.Mqtt.Wire;

/// <summary>A cursor over one packet's body. Reading past the end is a malformed packet.</summary>
internal ref struct WireReader
{
    private ReadOnlySpan<byte> _rest;

    public WireReader(ReadOnlySpan<byte> source) => _rest = source;

    public readonly int Remaining => _rest.Length;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ReadOnlySpan<byte> ReadBinary() => Take(ReadUInt16());

    public ReadOnlySpan<byte> ReadString()
    {
        var text = ReadBinary();
        if (!MqttUtf8.IsValid(text))
        {
            MqttProtocolException.Malformed("A string is not UTF-8 or contains U+0000");
        }

        return text;
    }

    public int ReadVariableByteInteger()
    {
        var size = VariableByteInteger.TryRead(_rest, out var value);
        if (size <= 0)
        {
            MqttProtocolException.Malformed("A variable byte integer is malformed");
        }

        _rest = _rest[size..];
        return value;
    }

    /// <summary>A packet identifier; 0 is not one [MQTT-2.2.1-3].</summary>
    public ushort ReadPacketId()
    {
        var id = ReadUInt16();
        if (id == 0)
        {
            MqttProtocolException.Malformed("Packet identifier 0");
        }

        return id;
    }

    /// <summary>The property block of a packet: its length, then that many bytes.</summary>
    public ReadOnlySpan<byte> ReadProperties() => Take(ReadVariableByteInteger());

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            MqttProtocolException.Malformed("A packet ends inside a field");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public readonly void ExpectEnd()
    {
        if (!_rest.IsEmpty)
        {
            MqttProtocolException.Malformed("Bytes after the end of a packet");
        }
    }
}
