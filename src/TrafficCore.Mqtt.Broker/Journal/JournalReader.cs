using System.Buffers.Binary;
using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>A cursor over one record's body.</summary>
internal ref struct JournalReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public uint Int32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public byte[] Short() => Take(UInt16()).ToArray();

    public string Text() => Encoding.UTF8.GetString(Take(UInt16()));

    public StoredMessage Message()
    {
        var flags = Byte();
        var expires = Int64();
        return new StoredMessage(
            Short(), Take((int)Int32()).ToArray(), Take((int)Int32()).ToArray(), (QualityOfService)(flags & StoredDelivery.QoSMask),
            (flags & StoredDelivery.RetainFlag) != 0, expires);
    }

    public StoredDelivery Delivery()
    {
        var number = Int64();
        var packetId = UInt16();
        var flags = Byte();
        var identifiers = new uint[Int32()];
        for (var i = 0; i < identifiers.Length; i++)
        {
            identifiers[i] = Int32();
        }

        var shared = Short();
        return new StoredDelivery(
            number, packetId, (QualityOfService)(flags & StoredDelivery.QoSMask), (flags & StoredDelivery.RetainFlag) != 0,
            (flags & StoredDelivery.MaySentFlag) != 0, (flags & StoredDelivery.ReceivedFlag) != 0,
            identifiers.Length == 0 ? null : identifiers, shared.Length == 0 ? null : shared);
    }

    public StoredWill Will()
    {
        var number = Int64();
        var flags = Byte();
        var (delay, expiry) = (Int32(), Int32());
        var (clientId, userName) = (Text(), Text());
        var (topic, properties, payload) = (Short(), Take((int)Int32()).ToArray(), Take((int)Int32()).ToArray());
        var will = new Will(
            topic, payload, properties, (QualityOfService)(flags & StoredDelivery.QoSMask), (flags & StoredDelivery.RetainFlag) != 0, delay,
            (flags & JournalWriter.WillThatExpires) == 0 ? null : expiry);
        return new StoredWill(number, clientId, (flags & JournalWriter.WillOfAnAccount) == 0 ? null : userName, will);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw new InvalidDataException("A session record ends inside a field.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
