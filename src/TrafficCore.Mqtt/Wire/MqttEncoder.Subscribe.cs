using System.Buffers;

namespace TrafficCore.Mqtt.Wire;

public static partial class MqttEncoder
{
    /// <summary>Encodes SUBSCRIBE with the given filters and, at the same indexes, their options.</summary>
    public static void Subscribe(
        IBufferWriter<byte> output, MqttVersion version, ushort packetId, ReadOnlySpan<ReadOnlyMemory<byte>> filters,
        ReadOnlySpan<SubscribeOptions> options, ReadOnlySpan<byte> properties = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.Length, filters.Length);
        var size = 2 + PacketWriter.SizeOfProperties(version, properties) + filters.Length;
        foreach (var filter in filters)
        {
            size += 2 + filter.Length;
        }

        var writer = new PacketWriter(output, (int)PacketType.Subscribe << 4 | 2, size);
        writer.WriteUInt16(packetId);
        writer.WriteProperties(version, properties);
        for (var i = 0; i < filters.Length; i++)
        {
            writer.WriteBinary(filters[i].Span);
            writer.WriteByte(version == MqttVersion.V5 ? options[i].ToByte() : (byte)options[i].QoS);
        }

        writer.Finish();
    }

    /// <summary>Encodes SUBACK; before 5.0 every error is 0x80.</summary>
    public static void Suback(
        IBufferWriter<byte> output, MqttVersion version, ushort packetId, ReadOnlySpan<ReasonCode> reasons, ReadOnlySpan<byte> properties = default)
    {
        var writer = new PacketWriter(
            output, (int)PacketType.Suback << 4, 2 + PacketWriter.SizeOfProperties(version, properties) + reasons.Length);
        writer.WriteUInt16(packetId);
        writer.WriteProperties(version, properties);
        foreach (var reason in reasons)
        {
            writer.WriteByte(version == MqttVersion.V5 || !reason.IsError() ? (byte)reason : (byte)ReasonCode.UnspecifiedError);
        }

        writer.Finish();
    }

    /// <summary>Encodes UNSUBSCRIBE.</summary>
    public static void Unsubscribe(
        IBufferWriter<byte> output, MqttVersion version, ushort packetId, ReadOnlySpan<ReadOnlyMemory<byte>> filters, ReadOnlySpan<byte> properties = default)
    {
        var size = 2 + PacketWriter.SizeOfProperties(version, properties);
        foreach (var filter in filters)
        {
            size += 2 + filter.Length;
        }

        var writer = new PacketWriter(output, (int)PacketType.Unsubscribe << 4 | 2, size);
        writer.WriteUInt16(packetId);
        writer.WriteProperties(version, properties);
        foreach (var filter in filters)
        {
            writer.WriteBinary(filter.Span);
        }

        writer.Finish();
    }

    /// <summary>Encodes UNSUBACK; before 5.0 it carries no reason codes.</summary>
    public static void Unsuback(
        IBufferWriter<byte> output, MqttVersion version, ushort packetId, ReadOnlySpan<ReasonCode> reasons, ReadOnlySpan<byte> properties = default)
    {
        var count = version == MqttVersion.V5 ? reasons.Length : 0;
        var writer = new PacketWriter(output, (int)PacketType.Unsuback << 4, 2 + PacketWriter.SizeOfProperties(version, properties) + count);
        writer.WriteUInt16(packetId);
        writer.WriteProperties(version, properties);
        for (var i = 0; i < count; i++)
        {
            writer.WriteByte((byte)reasons[i]);
        }

        writer.Finish();
    }
}
