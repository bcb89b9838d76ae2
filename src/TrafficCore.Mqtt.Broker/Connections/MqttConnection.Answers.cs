using System.Buffers;
using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What the client is told beside messages: never more than it takes, and in words too where 5.0 has room for them.</summary>
internal sealed partial class MqttConnection
{
    // Read loop, set by CONNECT: bytes of a whole packet.
    private int _clientMaxPacketSize = int.MaxValue;

    /// <summary>
    /// Appends a packet with its reason in words; without them where they make it larger than the client takes [MQTT-3.2.2-19] [MQTT-3.14.2-3], and nothing
    /// where it is larger even so [MQTT-3.1.2-24].
    /// </summary>
    private void AppendReasoned(string? words, Action<IBufferWriter<byte>, ReadOnlySpan<byte>> encode)
    {
        var properties = new PropertyBuilder(stackalloc byte[256]);
        if (words is not null && _version == MqttVersion.V5)
        {
            properties.Add(PropertyId.ReasonString, Encoding.UTF8.GetBytes(words));
        }

        _ = TryAppend(encode, properties.Written) || TryAppend(encode, default);
    }

    private bool TryAppend(Action<IBufferWriter<byte>, ReadOnlySpan<byte>> encode, ReadOnlySpan<byte> properties)
    {
        var packet = new ArrayBufferWriter<byte>();
        encode(packet, properties);
        if (packet.WrittenCount > _clientMaxPacketSize)
        {
            return false;
        }

        _output.AppendAnswer(packet.WrittenSpan);
        return true;
    }

    /// <summary>Refuses a request whose answer the client would not take, before anything is done about it [MQTT-3.1.2-24].</summary>
    private void RequireRoomForReasons(int count)
    {
        var body = sizeof(ushort) + 1 + count; // packet id, no properties, a byte for each filter
        if (1 + VariableByteInteger.SizeOf(body) + body > _clientMaxPacketSize)
        {
            throw new MqttProtocolException(ReasonCode.PacketTooLarge, "The answer would be larger than the client's maximum packet size");
        }
    }

    /// <summary>What the session journal must hold is durable before the client is told; without a journal the answer waits for nothing.</summary>
    private void Answer(ReadBatch batch, ReadOnlySpan<byte> packet)
    {
        if (_pass.HasRecords)
        {
            batch.AddJournaled();
            batch.AddAnswer(packet);
        }
        else
        {
            _output.AppendAnswer(packet);
        }
    }
}
