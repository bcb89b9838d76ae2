using System.Buffers;

namespace TrafficCore.Mqtt.Wire;

/// <summary>
/// Encodes packets, for servers and clients. Property blocks come ready-made from <see cref="PropertyBuilder"/> and are written in
/// 5.0 only. Inputs are the program's own, so a broken rule is an argument or overflow exception, not a protocol one.
/// </summary>
public static partial class MqttEncoder
{
    /// <summary>Bytes of an acknowledgement without properties that says success, in every version.</summary>
    public const int ShortAckSize = 4;

    /// <summary>Encodes CONNECT.</summary>
    public static void Connect(IBufferWriter<byte> output, in ConnectPacket packet)
    {
        var name = packet.Version == MqttVersion.V31 ? "MQIsdp"u8 : "MQTT"u8;
        var size = 2 + name.Length + 1 + 1 + 2 + PacketWriter.SizeOfProperties(packet.Version, packet.Properties) + 2 + packet.ClientId.Length;
        if (packet.HasWill)
        {
            size += PacketWriter.SizeOfProperties(packet.Version, packet.WillProperties) + 2 + packet.WillTopic.Length + 2 + packet.WillPayload.Length;
        }

        size += (packet.HasUserName ? 2 + packet.UserName.Length : 0) + (packet.HasPassword ? 2 + packet.Password.Length : 0);
        var writer = new PacketWriter(output, (int)PacketType.Connect << 4, size);
        writer.WriteBinary(name);
        writer.WriteByte((byte)packet.Version);
        writer.WriteByte(packet.Flags);
        writer.WriteUInt16(packet.KeepAliveSeconds);
        writer.WriteProperties(packet.Version, packet.Properties);
        writer.WriteBinary(packet.ClientId);
        if (packet.HasWill)
        {
            writer.WriteProperties(packet.Version, packet.WillProperties);
            writer.WriteBinary(packet.WillTopic);
            writer.WriteBinary(packet.WillPayload);
        }

        if (packet.HasUserName)
        {
            writer.WriteBinary(packet.UserName);
        }

        if (packet.HasPassword)
        {
            writer.WriteBinary(packet.Password);
        }

        writer.Finish();
    }

    /// <summary>Encodes CONNACK.</summary>
    public static void Connack(
        IBufferWriter<byte> output, MqttVersion version, bool sessionPresent, ReasonCode reason, ReadOnlySpan<byte> properties = default)
    {
        var writer = new PacketWriter(output, (int)PacketType.Connack << 4, 2 + PacketWriter.SizeOfProperties(version, properties));
        writer.WriteByte(sessionPresent ? (byte)1 : (byte)0);
        writer.WriteByte(version == MqttVersion.V5 ? (byte)reason : ReasonCodes.ToConnectReturnCode(reason));
        writer.WriteProperties(version, properties);
        writer.Finish();
    }

    /// <summary>Encodes PINGREQ.</summary>
    public static void Pingreq(IBufferWriter<byte> output) => new PacketWriter(output, (int)PacketType.Pingreq << 4, 0).Finish();

    /// <summary>Encodes PINGRESP.</summary>
    public static void Pingresp(IBufferWriter<byte> output) => new PacketWriter(output, (int)PacketType.Pingresp << 4, 0).Finish();

    /// <summary>Encodes DISCONNECT; before 5.0 it has neither reason nor properties.</summary>
    public static void Disconnect(IBufferWriter<byte> output, MqttVersion version, ReasonCode reason, ReadOnlySpan<byte> properties = default) =>
        Reasoned(output, PacketType.Disconnect, version, reason, properties);

    /// <summary>Encodes AUTH (5.0 only).</summary>
    public static void Auth(IBufferWriter<byte> output, ReasonCode reason, ReadOnlySpan<byte> properties = default) =>
        Reasoned(output, PacketType.Auth, MqttVersion.V5, reason, properties);

    private static void Reasoned(IBufferWriter<byte> output, PacketType type, MqttVersion version, ReasonCode reason, ReadOnlySpan<byte> properties)
    {
        // The shortest form: success without properties is an empty body (5.0 sections 3.14.2.1 and 3.15.2.1).
        var isShort = version != MqttVersion.V5 || (reason == ReasonCode.Success && properties.IsEmpty);
        var size = isShort ? 0 : properties.IsEmpty ? 1 : 1 + PacketWriter.SizeOfProperties(version, properties);
        var writer = new PacketWriter(output, (byte)((int)type << 4), size);
        if (size > 0)
        {
            writer.WriteByte((byte)reason);
            if (size > 1)
            {
                writer.WriteProperties(version, properties);
            }
        }

        writer.Finish();
    }
}
