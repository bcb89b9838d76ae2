using System.Buffers;
using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Encodes what a client sends, from strings and options.</summary>
internal static class ClientPackets
{
    /// <summary>Longest topic, and property block, that is encoded on the stack; longer ones are rare and take the heap.</summary>
    private const int StackBytes = 256;

    public static void Connect(IBufferWriter<byte> output, MqttClientOptions options)
    {
        var will = options.Will.GetValueOrDefault();
        MqttEncoder.Connect(output, new ConnectPacket
        {
            Version = options.Version,
            ClientId = Encoding.UTF8.GetBytes(options.ClientId),
            CleanStart = options.CleanStart,
            KeepAliveSeconds = options.KeepAliveSeconds,
            Properties = ConnectProperties(options),
            WillTopic = options.Will is null ? default : Encoding.UTF8.GetBytes(will.Topic),
            WillPayload = will.Payload.Span,
            WillProperties = options.Will is null ? default : WillProperties(will.Properties, options.WillDelay),
            WillQoS = options.Will is null ? QualityOfService.AtMostOnce : will.QoS,
            WillRetain = will.Retain,
            HasUserName = options.UserName is not null,
            UserName = Encoding.UTF8.GetBytes(options.UserName ?? ""),
            HasPassword = options.Password is not null,
            Password = Encoding.UTF8.GetBytes(options.Password ?? ""),
        });
    }

    /// <summary>Bytes that a publication takes on the wire.</summary>
    public static int SizeOf(MqttVersion version, in MqttPublication publication)
    {
        var properties = new PropertyBuilder(stackalloc byte[StackBytes]);
        AddProperties(ref properties, version, publication.Properties, Seconds(publication.Properties?.Expiry));
        return MqttEncoder.PublishSize(
            version, Encoding.UTF8.GetByteCount(publication.Topic), publication.Payload.Length, publication.QoS, properties.Written);
    }

    /// <param name="output">Where to.</param>
    /// <param name="version">Protocol.</param>
    /// <param name="publication">What.</param>
    /// <param name="packetId">Ignored at QoS 0.</param>
    /// <param name="duplicate">It may have been sent before.</param>
    /// <param name="expirySeconds">What is left of its expiry; null: it does not expire.</param>
    public static void Publish(
        IBufferWriter<byte> output, MqttVersion version, in MqttPublication publication, ushort packetId, bool duplicate, uint? expirySeconds)
    {
        var size = Encoding.UTF8.GetMaxByteCount(publication.Topic.Length);
        var topic = size <= StackBytes ? stackalloc byte[StackBytes] : new byte[size];
        topic = topic[..Encoding.UTF8.GetBytes(publication.Topic, topic)];
        var properties = new PropertyBuilder(stackalloc byte[StackBytes]);
        AddProperties(ref properties, version, publication.Properties, expirySeconds);
        MqttEncoder.Publish(
            output, version, topic, publication.Payload.Span, publication.QoS, packetId, publication.Retain, duplicate, properties.Written);
    }

    public static void Subscribe(IBufferWriter<byte> output, MqttVersion version, ushort packetId, in MqttSubscription subscription)
    {
        var properties = new PropertyBuilder(stackalloc byte[8]);
        if (subscription.Identifier != 0)
        {
            properties.Add(PropertyId.SubscriptionIdentifier, (uint)subscription.Identifier);
        }

        MqttEncoder.Subscribe(
            output, version, packetId, [Encoding.UTF8.GetBytes(subscription.Filter)], [subscription.Options], properties.Written);
    }

    public static void Unsubscribe(IBufferWriter<byte> output, MqttVersion version, ushort packetId, string filter) =>
        MqttEncoder.Unsubscribe(output, version, packetId, [Encoding.UTF8.GetBytes(filter)]);

    /// <summary>A time as MQTT counts it: whole seconds, rounded up, so that nothing ends before its time.</summary>
    public static uint? Seconds(TimeSpan? time) => time is { } span ? (uint)Math.Clamp(Math.Ceiling(span.TotalSeconds), 0, uint.MaxValue) : null;

    private static void AddProperties(ref PropertyBuilder target, MqttVersion version, MqttProperties? properties, uint? expirySeconds)
    {
        if (version == MqttVersion.V5 && properties is not null)
        {
            if (expirySeconds is { } seconds)
            {
                target.Add(PropertyId.MessageExpiryInterval, seconds);
            }

            properties.Write(ref target);
        }
    }

    private static byte[] ConnectProperties(MqttClientOptions options)
    {
        var properties = new PropertyBuilder(stackalloc byte[32]);
        if (options.SessionExpiry > TimeSpan.Zero)
        {
            properties.Add(PropertyId.SessionExpiryInterval, Seconds(options.SessionExpiry)!.Value);
        }

        properties.Add(PropertyId.ReceiveMaximum, (uint)options.ReceiveMaximum);
        properties.Add(PropertyId.MaximumPacketSize, (uint)options.MaxPacketSize);
        if (options.TopicAliasMaximum > 0)
        {
            properties.Add(PropertyId.TopicAliasMaximum, (uint)options.TopicAliasMaximum);
        }

        return properties.Written.ToArray();
    }

    private static byte[] WillProperties(MqttProperties? message, TimeSpan delay)
    {
        var properties = new PropertyBuilder(stackalloc byte[64]);
        if (delay > TimeSpan.Zero)
        {
            properties.Add(PropertyId.WillDelayInterval, Seconds(delay)!.Value);
        }

        AddProperties(ref properties, MqttVersion.V5, message, Seconds(message?.Expiry));
        return properties.Written.ToArray();
    }
}
