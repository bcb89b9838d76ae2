using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Topics;

/// <summary>Rules for topic names (5.0 section 4.7).</summary>
public static class TopicName
{
    /// <summary>
    /// At least one character [MQTT-4.7.3-1], valid UTF-8 without U+0000 [MQTT-4.7.3-2] and without wildcards [MQTT-3.3.2-2].
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> topic) =>
        !topic.IsEmpty && topic.Length <= ushort.MaxValue && topic.IndexOfAny((byte)'+', (byte)'#', (byte)0) < 0 && System.Text.Unicode.Utf8.IsValid(topic);

    /// <summary>Topics that begin with `$` belong to the server; wildcards at the first level do not match them [MQTT-4.7.2-1].</summary>
    public static bool IsReserved(ReadOnlySpan<byte> topic) => !topic.IsEmpty && topic[0] == (byte)'$';
}
