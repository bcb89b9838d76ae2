namespace TrafficCore.Mqtt.Topics;

/// <summary>Whether a filter asks for no more than another one grants.</summary>
public static class FilterCoverage
{
    /// <summary>Every topic name that <paramref name="filter"/> matches is matched by <paramref name="grant"/> too. Both are valid filters.</summary>
    public static bool Covers(ReadOnlySpan<byte> grant, ReadOnlySpan<byte> filter)
    {
        // A wildcard at the first level matches no topic that begins with `$` [MQTT-4.7.2-1].
        if (TopicName.IsReserved(filter) && grant[0] is (byte)'+' or (byte)'#')
        {
            return false;
        }

        var grantEnds = false;
        var filterEnds = false;
        while (!grantEnds)
        {
            var granted = TopicFilter.NextLevel(ref grant, out grantEnds);
            if (granted.SequenceEqual("#"u8))
            {
                return true;
            }

            if (filterEnds)
            {
                return false;
            }

            var asked = TopicFilter.NextLevel(ref filter, out filterEnds);
            if (asked.SequenceEqual("#"u8) || (!granted.SequenceEqual("+"u8) && !granted.SequenceEqual(asked)))
            {
                return false;
            }
        }

        return filterEnds;
    }
}
