using System.Text;
using TrafficCore.Host.Ingress;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Simulators.Verify;

/// <summary>A publication with what its topic means to the service.</summary>
/// <param name="Sent">The publication.</param>
/// <param name="Stage">What the bench was doing.</param>
/// <param name="Meaning">What the service takes the topic for.</param>
/// <param name="Intersection">Intersection in the topic; empty outside the root.</param>
/// <param name="Kind">Kind of device in the topic, e.g. <c>detector</c>.</param>
/// <param name="Device">Device in the topic; empty where the payload names it.</param>
/// <param name="Leaf">What follows the device, e.g. <c>state</c>; empty where nothing does.</param>
internal sealed record ObservedMessage(DevicePublished Sent, BenchStage Stage, TopicMeaning Meaning, string Intersection, string Kind, string Device, string Leaf)
{
    private static readonly byte[] Root = Encoding.UTF8.GetBytes("traffic/v1/");

    /// <summary>Whether it carries measurements.</summary>
    public bool IsTelemetry => Meaning is TopicMeaning.Readings or TopicMeaning.ReadingsOfMany or TopicMeaning.Events
        || (Leaf.Length == 0 && Kind is "environment" or "parking");

    /// <summary>Takes a topic apart as the service does.</summary>
    public static ObservedMessage Of(DevicePublished sent, BenchStage stage)
    {
        var topic = Topic.Parse(Encoding.UTF8.GetBytes(sent.Topic), Root);
        var levels = sent.Topic.Split('/', 6);
        return topic.Meaning is TopicMeaning.Outside or TopicMeaning.Unknown
            ? new ObservedMessage(sent, stage, topic.Meaning, "", "", "", "")
            : new ObservedMessage(sent, stage, topic.Meaning, levels[2], levels[3], levels.ElementAtOrDefault(4) ?? "", levels.ElementAtOrDefault(5) ?? "");
    }
}

/// <summary>One reading of a publication.</summary>
/// <param name="Message">The publication.</param>
/// <param name="Detector"><c>intersection/detector</c>.</param>
/// <param name="Timestamp">Start of its interval, Unix milliseconds; null when it says none.</param>
/// <param name="Interval">Length of its interval, milliseconds; null when it says none.</param>
/// <param name="Sequence">Its counter; null when it says none.</param>
/// <param name="Text">Its JSON.</param>
internal sealed record ObservedReading(ObservedMessage Message, string Detector, long? Timestamp, long? Interval, uint? Sequence, string Text)
{
    /// <summary>When it came, Unix milliseconds.</summary>
    public long ReceivedMs => Message.Sent.At.ToUnixTimeMilliseconds();
}

/// <summary>One batch of controller events.</summary>
/// <param name="Message">The publication.</param>
/// <param name="Controller"><c>intersection/controller</c>.</param>
/// <param name="Sequence">Its counter; null when it says none.</param>
/// <param name="Events">Its events.</param>
internal sealed record ObservedBatch(ObservedMessage Message, string Controller, uint? Sequence, IReadOnlyList<ParsedEvent> Events);

/// <summary>Something that the service would refuse.</summary>
/// <param name="Message">The publication.</param>
/// <param name="Reason">The service's reason.</param>
/// <param name="Text">What would be refused.</param>
internal sealed record ObservedRefusal(ObservedMessage Message, string Reason, string Text);
