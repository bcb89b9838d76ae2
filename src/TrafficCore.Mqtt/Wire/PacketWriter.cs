using System.Buffers;
using System.Buffers.Binary;

namespace TrafficCore.Mqtt.Wire;

/// <summary>Writes one packet whose size is known: asks the output for the memory once, and advances once.</summary>
internal ref struct PacketWriter
{
    private readonly IBufferWriter<byte> _output;
    private readonly Span<byte> _target;
    private int _written;

    public PacketWriter(IBufferWriter<byte> output, byte first, int bodyLength)
    {
        var total = SizeOf(bodyLength);
        _output = output;
        _target = output.GetSpan(total)[..total];
        _target[0] = first;
        _written = 1 + VariableByteInteger.Write(_target[1..], bodyLength);
    }

    public static int SizeOf(int bodyLength) => 1 + VariableByteInteger.SizeOf(bodyLength) + bodyLength;

    public static int SizeOfProperties(MqttVersion version, ReadOnlySpan<byte> properties) =>
        version == MqttVersion.V5 ? VariableByteInteger.SizeOf(properties.Length) + properties.Length : 0;

    public void WriteByte(byte value) => _target[_written++] = value;

    public void WriteUInt16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_target[_written..], checked((ushort)value));
        _written += 2;
    }

    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        WriteUInt16(value.Length);
        WriteRaw(value);
    }

    public void WriteRaw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_target[_written..]);
        _written += value.Length;
    }

    public void WriteProperties(MqttVersion version, ReadOnlySpan<byte> properties)
    {
        if (version == MqttVersion.V5)
        {
            _written += VariableByteInteger.Write(_target[_written..], properties.Length);
            WriteRaw(properties);
        }
    }

    public readonly void Finish()
    {
        System.Diagnostics.Debug.Assert(_written == _target.Length, "A packet's size and content differ");
        _output.Advance(_written);
    }
}
