using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host.Ingress;

/// <summary>What a topic means to the door.</summary>
internal enum TopicMeaning : byte
{
    /// <summary>Not under the root: an ordinary broker's.</summary>
    Outside,

    /// <summary>Readings of the detector that the topic names.</summary>
    Readings,

    /// <summary>Readings that name their detectors.</summary>
    ReadingsOfMany,

    /// <summary>Events of a controller.</summary>
    Events,

    /// <summary>Observations of an environment sensor or a car park.</summary>
    Observations,

    /// <summary>Known, routed to subscribers, not taken in.</summary>
    RoutedOnly,

    /// <summary>Under the root and unknown.</summary>
    Unknown,
}

/// <summary>A topic taken apart: ranges in its bytes.</summary>
internal struct Topic
{
    public TopicMeaning Meaning;
    public DeviceKind Kind;
    public Range Intersection;
    public Range Device;

    /// <summary>Takes a topic apart. <paramref name="root"/> ends with a slash.</summary>
    public static Topic Parse(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> root)
    {
        if (!topic.StartsWith(root))
        {
            return default;
        }

        Span<Range> levels = stackalloc Range[7];
        int count = 0;
        int start = root.Length;
        for (int i = start; i <= topic.Length && count < levels.Length; i++)
        {
            if (i == topic.Length || topic[i] == (byte)'/')
            {
                levels[count++] = start..i;
                start = i + 1;
            }
        }

        var unknown = new Topic { Meaning = TopicMeaning.Unknown, Kind = DeviceKind.Unknown };
        if (count is < 2 or > 5 || !NetworkId.IsValid(topic[levels[0]]))
        {
            return unknown;
        }

        if (count == 2)
        {
            return topic[levels[1]].SequenceEqual("detectors"u8)
                ? new Topic { Meaning = TopicMeaning.ReadingsOfMany, Kind = DeviceKind.Detectors, Intersection = levels[0] }
                : unknown;
        }

        DeviceKind kind = DeviceKinds.Parse(topic[levels[1]]);
        if (kind is not (>= DeviceKind.Detector and <= DeviceKind.Parking) || !NetworkId.IsValid(topic[levels[2]]))
        {
            return unknown;
        }

        ReadOnlySpan<byte> rest = count == 3 ? default : topic[levels[3].Start..];
        TopicMeaning meaning = MeaningOf(kind, rest, count);
        return new Topic { Meaning = meaning, Kind = kind, Intersection = levels[0], Device = levels[2] };
    }

    private static TopicMeaning MeaningOf(DeviceKind kind, ReadOnlySpan<byte> rest, int count)
    {
        if (count == 3)
        {
            return kind switch
            {
                DeviceKind.Detector => TopicMeaning.Readings,
                DeviceKind.Environment or DeviceKind.Parking => TopicMeaning.Observations,
                _ => TopicMeaning.Unknown,
            };
        }

        if (rest.SequenceEqual("state"u8) || rest.SequenceEqual("errors"u8))
        {
            return TopicMeaning.RoutedOnly;
        }

        return kind switch
        {
            DeviceKind.Controller when rest.SequenceEqual("events"u8) => TopicMeaning.Events,
            DeviceKind.Controller when rest.SequenceEqual("plan"u8) || rest.SequenceEqual("plan/status"u8) => TopicMeaning.RoutedOnly,
            DeviceKind.Board when rest.SequenceEqual("message"u8) || rest.SequenceEqual("status"u8) => TopicMeaning.RoutedOnly,
            _ => TopicMeaning.Unknown,
        };
    }
}
