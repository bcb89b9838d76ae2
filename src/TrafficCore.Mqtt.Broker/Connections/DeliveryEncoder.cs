using System.Buffers;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Turns a delivery into the packet that one client gets.</summary>
internal static class DeliveryEncoder
{
    /// <summary>False: the packet would be larger than the client takes; nothing was written.</summary>
    public static bool TryEncode(
        IBufferWriter<byte> output, in Delivery delivery, MqttVersion version, int maxPacketSize, long nowMs, OutgoingTopicAliases? aliases = null)
    {
        if (delivery.Message is not { } message)
        {
            MqttEncoder.Ack(output, PacketType.Pubrel, version, delivery.PacketId);
            return true;
        }

        var known = aliases is null ? (ushort)0 : aliases.Find(message.TopicUtf8);
        var named = aliases is null || known != 0 ? (ushort)0 : aliases.Next(message.TopicUtf8);
        if (TryEncode(output, delivery, message, version, maxPacketSize, nowMs, known != 0 ? known : named, withTopic: known == 0))
        {
            if (named != 0)
            {
                aliases!.Add(message.TopicBytes, named);
            }

            return true;
        }

        // The three bytes of a new alias may have been too many.
        return named != 0 && TryEncode(output, delivery, message, version, maxPacketSize, nowMs, alias: 0, withTopic: true);
    }

    private static bool TryEncode(
        IBufferWriter<byte> output, in Delivery delivery, ApplicationMessage message, MqttVersion version, int maxPacketSize, long nowMs, ushort alias,
        bool withTopic)
    {
        var properties = new PropertyBuilder(stackalloc byte[256]);
        if (version == MqttVersion.V5)
        {
            AddProperties(ref properties, delivery, message, nowMs);
            if (alias != 0)
            {
                properties.Add(PropertyId.TopicAlias, alias);
            }
        }

        var block = properties.Written;
        var topic = withTopic ? message.TopicUtf8 : default;
        if (MqttEncoder.PublishSize(version, topic.Length, message.Payload.Length, delivery.QoS, block) > maxPacketSize)
        {
            return false;
        }

        MqttEncoder.Publish(output, version, topic, message.Payload.Span, delivery.QoS, delivery.PacketId, delivery.Retain, delivery.Duplicate, block);
        return true;
    }

    private static void AddProperties(ref PropertyBuilder properties, in Delivery delivery, ApplicationMessage message, long nowMs)
    {
        properties.AddRaw(message.Properties);
        if (message.ExpiresAtMs != ApplicationMessage.NeverExpires)
        {
            // [MQTT-3.3.2-6]: what is left of the time, and at least one second of it.
            properties.Add(PropertyId.MessageExpiryInterval, (uint)Math.Max(1, (message.ExpiresAtMs - nowMs + 999) / 1000));
        }

        foreach (var identifier in delivery.Identifiers ?? [])
        {
            properties.Add(PropertyId.SubscriptionIdentifier, identifier);
        }
    }
}
