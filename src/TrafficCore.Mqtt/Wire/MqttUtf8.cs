using System.Text.Unicode;

namespace TrafficCore.Mqtt.Wire;

/// <summary>The rules for UTF-8 strings on the wire (5.0 section 1.5.4, 3.1.1 section 1.5.3).</summary>
public static class MqttUtf8
{
    /// <summary>
    /// Well-formed (no surrogates, no overlong forms) [MQTT-1.5.4-1] and without U+0000 [MQTT-1.5.4-2]. Control and non-characters are
    /// allowed: both specifications leave it to the receiver, and refusing them would lose data of sloppy devices.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> text) => !text.Contains((byte)0) && Utf8.IsValid(text);
}
