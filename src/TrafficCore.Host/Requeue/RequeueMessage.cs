using System.Text;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Storage.Delivery;

namespace TrafficCore.Host.Requeue;

/// <summary>Makes of a rejected payload the message that it came in: the quarantine holds the element that was refused, and the topic only where no device tells it.</summary>
internal static class RequeueMessage
{
    /// <summary>Topic and payload; null when there is no such message, or it could only be taken in by being torn from its array.</summary>
    public static (byte[] Topic, ReadOnlyMemory<byte> Payload)? Of(RejectedPayload rejected, string root)
    {
        string? topic = rejected.Topic.Length > 0 ? rejected.Topic : TopicOf(rejected, root);

        // Alone it would get the receive time, which it was refused for: several at once cannot all have it.
        if (topic is null || rejected.Reason == RejectionReasons.Name(RejectionReason.NoTimestamp))
        {
            return null;
        }

        return (Encoding.UTF8.GetBytes(topic), Wrap(topic, rejected));
    }

    private static string? TopicOf(RejectedPayload rejected, string root) => DeviceKinds.Parse(rejected.Kind) switch
    {
        DeviceKind.Detectors => $"{root}/{rejected.Intersection}/detectors",
        DeviceKind.Controller => $"{root}/{rejected.Intersection}/controller/{rejected.Device}/events",
        DeviceKind.Detector or DeviceKind.Environment or DeviceKind.Parking => $"{root}/{rejected.Intersection}/{rejected.Kind}/{rejected.Device}",
        _ => null,
    };

    // One event of a batch becomes a batch, one reading of many an array of one. A payload that was refused whole stays as it came.
    private static ReadOnlyMemory<byte> Wrap(string topic, RejectedPayload rejected)
    {
        ReadOnlySpan<byte> payload = rejected.Payload.Span;
        bool isWhole = rejected.Reason is "bad-json" or "bad-shape" or "too-large";
        if (!isWhole && topic.EndsWith("/events", StringComparison.Ordinal) && payload.StartsWith("["u8))
        {
            return (byte[])[.. """{"events":["""u8, .. payload, .. "]}"u8];
        }

        return !isWhole && topic.EndsWith("/detectors", StringComparison.Ordinal) && payload.StartsWith("{"u8)
            ? (byte[])[.. "["u8, .. payload, .. "]"u8]
            : rejected.Payload;
    }
}
