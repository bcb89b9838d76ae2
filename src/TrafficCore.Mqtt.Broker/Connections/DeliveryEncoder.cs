using System.Buffers;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Turns a delivery into the packet that one client gets.</summary>
internal static class DeliveryEncoder
{
    /// <summary>False: the packet would be larger than the client takes; nothing was written.</summary>
    public static bool TryEncode(IBufferWriter<byte> output, in Delivery delivery, MqttVersion version, int maxPacketSize, long nowMs)
    {
        if (delivery.Message is not { } message)
        {
            MqttEncoder.Ack(output, PacketType.Pubrel, version, delivery.PacketId);
            return true;
        }

        var properties = new PropertyBuilder(stackalloc byte[256]);
        if (version == MqttVersion.V5)
        {
            AddProperties(ref properties, delivery, message, nowMs);
        }

        var block = properties.Written;
        if (MqttEncoder.PublishSize(version, message.TopicUtf8.Length, message.Payload.Length, delivery.QoS, block) > maxPacketSize)
        {
            return false;
        }

        MqttEncoder.Publish(
            output, version, message.TopicUtf8, message.Payload.Span, delivery.QoS, delivery.PacketId, delivery.Retain, delivery.Duplicate, block);
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
