using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Topics;

/// <summary>Rules for topic filters (5.0 section 4.7) and a plain matcher.</summary>
public static class TopicFilter
{
    /// <summary>
    /// The most levels of a filter that a server here accepts: the contract's topics have seven, mosquitto takes 201, and matching walks a level per
    /// stack frame.
    /// </summary>
    public const int MaxLevels = 256;

    private static ReadOnlySpan<byte> SharePrefix => "$share/"u8;

    /// <summary>
    /// `#` only as the whole last level [MQTT-4.7.1-1], `+` only as a whole level [MQTT-4.7.1-2], at least one character, valid UTF-8.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> filter)
    {
        if (filter.IsEmpty || filter.Length > ushort.MaxValue || !MqttUtf8.IsValid(filter))
        {
            return false;
        }

        for (var i = 0; i < filter.Length; i++)
        {
            var last = i == filter.Length - 1;
            var startsLevel = i == 0 || filter[i - 1] == (byte)'/';
            if ((filter[i] == (byte)'#' && !(last && startsLevel))
                || (filter[i] == (byte)'+' && !(startsLevel && (last || filter[i + 1] == (byte)'/'))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Number of levels of a name or filter.</summary>
    public static int Levels(ReadOnlySpan<byte> filter) => filter.Count((byte)'/') + 1;

    /// <summary>The filter contains `+` or `#`.</summary>
    public static bool HasWildcard(ReadOnlySpan<byte> filter) => filter.IndexOfAny((byte)'+', (byte)'#') >= 0;

    /// <summary>The filter asks for a shared subscription (5.0 section 4.8.2).</summary>
    public static bool IsShared(ReadOnlySpan<byte> filter) => filter.StartsWith(SharePrefix);

    /// <summary>
    /// The filter behind the group's name in `$share/{group}/{filter}`; empty when the form is wrong: the name has at least one character
    /// [MQTT-4.8.2-1], no wildcard, and a slash and a filter follow it [MQTT-4.8.2-2].
    /// </summary>
    public static ReadOnlySpan<byte> SharedPart(ReadOnlySpan<byte> filter)
    {
        var rest = filter[SharePrefix.Length..];
        var slash = rest.IndexOf((byte)'/');
        return slash < 1 || HasWildcard(rest[..slash]) ? default : rest[(slash + 1)..];
    }

    /// <summary>One filter against one name, level by level. For many filters use <see cref="SubscriptionTrie{T}"/>.</summary>
    public static bool IsMatch(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic)
    {
        if (TopicName.IsReserved(topic) && (filter[0] == (byte)'+' || filter[0] == (byte)'#'))
        {
            return false;
        }

        var filterEnds = false;
        var topicEnds = false;
        while (!filterEnds)
        {
            var level = NextLevel(ref filter, out filterEnds);
            if (level.SequenceEqual("#"u8))
            {
                return true; // also the parent level itself: "sport/#" matches "sport"
            }

            if (topicEnds)
            {
                return false;
            }

            var name = NextLevel(ref topic, out topicEnds);
            if (!level.SequenceEqual("+"u8) && !level.SequenceEqual(name))
            {
                return false;
            }
        }

        return topicEnds;
    }

    /// <summary>Takes the first level off; <paramref name="ended"/> says that it was the last one.</summary>
    public static ReadOnlySpan<byte> NextLevel(ref ReadOnlySpan<byte> rest, out bool ended)
    {
        var slash = rest.IndexOf((byte)'/');
        ended = slash < 0;
        var level = ended ? rest : rest[..slash];
        rest = ended ? default : rest[(slash + 1)..];
        return level;
    }
}
