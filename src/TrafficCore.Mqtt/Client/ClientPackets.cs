using System.Buffers;
using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Encodes what a client sends, from strings and options.</summary>
internal static class ClientPackets
{
    /// <summary>Longest topic that is encoded on the stack; longer ones are rare and take the heap.</summary>
    private const int StackTopic = 256;

    public static void Connect(IBufferWriter<byte> output, MqttClientOptions options)
    {
        var properties = new PropertyBuilder(stackalloc byte[32]);
        if (options.SessionExpiry > TimeSpan.Zero)
        {
            properties.Add(PropertyId.SessionExpiryInterval, (uint)Math.Min(uint.MaxValue, options.SessionExpiry.TotalSeconds));
        }

        properties.Add(PropertyId.MaximumPacketSize, (uint)options.MaxPacketSize);
        var will = options.Will.GetValueOrDefault();
        MqttEncoder.Connect(output, new ConnectPacket
        {
            Version = options.Version,
            ClientId = Encoding.UTF8.GetBytes(options.ClientId),
            CleanStart = options.CleanStart,
            KeepAliveSeconds = options.KeepAliveSeconds,
            Properties = properties.Written,
            WillTopic = options.Will is null ? default : Encoding.UTF8.GetBytes(will.Topic),
            WillPayload = will.Payload.Span,
            WillQoS = options.Will is null ? QualityOfService.AtMostOnce : will.QoS,
            WillRetain = will.Retain,
            HasUserName = options.UserName is not null,
            UserName = Encoding.UTF8.GetBytes(options.UserName ?? ""),
            HasPassword = options.Password is not null,
            Password = Encoding.UTF8.GetBytes(options.Password ?? ""),
        });
    }

    /// <summary>Bytes that a publication takes on the wire.</summary>
    public static int SizeOf(MqttVersion version, in MqttPublication publication) =>
        MqttEncoder.PublishSize(version, Encoding.UTF8.GetByteCount(publication.Topic), publication.Payload.Length, publication.QoS, default);

    public static void Publish(IBufferWriter<byte> output, MqttVersion version, in MqttPublication publication, ushort packetId)
    {
        var size = Encoding.UTF8.GetMaxByteCount(publication.Topic.Length);
        var topic = size <= StackTopic ? stackalloc byte[StackTopic] : new byte[size];
        topic = topic[..Encoding.UTF8.GetBytes(publication.Topic, topic)];
        MqttEncoder.Publish(output, version, topic, publication.Payload.Span, publication.QoS, packetId, publication.Retain);
    }

    public static void Subscribe(IBufferWriter<byte> output, MqttVersion version, ushort packetId, string filter, QualityOfService qos) =>
        MqttEncoder.Subscribe(output, version, packetId, [Encoding.UTF8.GetBytes(filter)], [new SubscribeOptions(qos)]);

    public static void Unsubscribe(IBufferWriter<byte> output, MqttVersion version, ushort packetId, string filter) =>
        MqttEncoder.Unsubscribe(output, version, packetId, [Encoding.UTF8.GetBytes(filter)]);
}
