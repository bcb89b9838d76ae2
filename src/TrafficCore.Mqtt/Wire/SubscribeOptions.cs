namespace TrafficCore.Mqtt.Wire;

/// <summary>What a subscriber asks for with one filter (5.0 section 3.8.3.1). Before 5.0 only the QoS.</summary>
public readonly record struct SubscribeOptions(
    QualityOfService QoS, bool NoLocal = false, bool RetainAsPublished = false, RetainHandling RetainHandling = RetainHandling.Send)
{
    /// <summary>The options' byte on the wire.</summary>
    public byte ToByte() => (byte)((int)QoS | (NoLocal ? 4 : 0) | (RetainAsPublished ? 8 : 0) | (int)RetainHandling << 4);

    /// <summary>The options of a byte; before 5.0 it carries the QoS alone.</summary>
    /// <exception cref="MqttProtocolException">Reserved bits or values.</exception>
    public static SubscribeOptions FromByte(byte value, MqttVersion version)
    {
        var reserved = version == MqttVersion.V5 ? 0xC0 : 0xFC;
        if ((value & reserved) != 0 || (value & 3) == 3 || (value & 0x30) == 0x30)
        {
            // [MQTT-3.8.3-5]; 3.1.1 [MQTT-3-8.3-4]
            MqttProtocolException.Malformed("Reserved bits of the subscription options are set");
        }

        return new SubscribeOptions((QualityOfService)(value & 3), (value & 4) != 0, (value & 8) != 0, (RetainHandling)(value >> 4));
    }
}
