using System.Buffers;
using System.Buffers.Binary;

namespace TrafficCore.Mqtt.Wire;

public static partial class MqttEncoder
{
    /// <summary>Bytes that a PUBLISH packet takes: to be compared with the receiver's maximum packet size before it is sent.</summary>
    public static int PublishSize(MqttVersion version, int topicLength, int payloadLength, QualityOfService qos, ReadOnlySpan<byte> properties) =>
        PacketWriter.SizeOf(PublishBodySize(version, topicLength, payloadLength, qos, properties));

    /// <summary>Encodes PUBLISH. The packet identifier is written at QoS 1 and 2 only.</summary>
    public static void Publish(
        IBufferWriter<byte> output,
        MqttVersion version,
        ReadOnlySpan<byte> topic,
        ReadOnlySpan<byte> payload,
        QualityOfService qos,
        ushort packetId,
        bool retain = false,
        bool duplicate = false,
        ReadOnlySpan<byte> properties = default)
    {
        var first = (byte)((int)PacketType.Publish << 4 | (duplicate ? 8 : 0) | (int)qos << 1 | (retain ? 1 : 0));
        var writer = new PacketWriter(output, first, PublishBodySize(version, topic.Length, payload.Length, qos, properties));
        writer.WriteBinary(topic);
        if (qos != QualityOfService.AtMostOnce)
        {
            writer.WriteUInt16(packetId);
        }

        writer.WriteProperties(version, properties);
        writer.WriteRaw(payload);
        writer.Finish();
    }

    /// <summary>
    /// Encodes PUBACK, PUBREC, PUBREL or PUBCOMP. Success without properties takes the short form, which is the same in all versions.
    /// </summary>
    public static void Ack(
        IBufferWriter<byte> output, PacketType type, MqttVersion version, ushort packetId, ReasonCode reason = ReasonCode.Success,
        ReadOnlySpan<byte> properties = default)
    {
        var hasReason = version == MqttVersion.V5 && (reason != ReasonCode.Success || !properties.IsEmpty);
        var size = 2 + (hasReason ? 1 : 0) + (hasReason && !properties.IsEmpty ? PacketWriter.SizeOfProperties(version, properties) : 0);
        var writer = new PacketWriter(output, AckFirstByte(type), size);
        writer.WriteUInt16(packetId);
        if (hasReason)
        {
            writer.WriteByte((byte)reason);
            if (!properties.IsEmpty)
            {
                writer.WriteProperties(version, properties);
            }
        }

        writer.Finish();
    }

    /// <summary>Writes the acknowledgement without properties into a span and returns its size, 4 or 5 bytes.</summary>
    public static int Ack(Span<byte> destination, PacketType type, MqttVersion version, ushort packetId, ReasonCode reason = ReasonCode.Success)
    {
        var hasReason = version == MqttVersion.V5 && reason != ReasonCode.Success;
        destination[0] = AckFirstByte(type);
        destination[1] = hasReason ? (byte)3 : (byte)2;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], packetId);
        if (!hasReason)
        {
            return ShortAckSize;
        }

        destination[4] = (byte)reason;
        return ShortAckSize + 1;
    }

    private static byte AckFirstByte(PacketType type) => (byte)((int)type << 4 | (type == PacketType.Pubrel ? 2 : 0));

    private static int PublishBodySize(MqttVersion version, int topicLength, int payloadLength, QualityOfService qos, ReadOnlySpan<byte> properties) =>
        2 + topicLength + (qos == QualityOfService.AtMostOnce ? 0 : 2) + PacketWriter.SizeOfProperties(version, properties) + payloadLength;
}
