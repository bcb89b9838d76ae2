using TrafficCore.Host.Ingress;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Verify;

/// <summary>What a device sends: topics, flags and payloads.</summary>
internal static class MessageChecks
{
    public static CheckResult Topics(Evidence seen)
    {
        var faults = seen.Messages.Select(TopicFault).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var topics = seen.Messages.Select(static m => m.Sent.Topic).Distinct().Count();
        return seen.Messages.Count == 0 ? CheckResult.NotSeen("nothing was published") : CheckResult.Of(faults, $"{topics} topics");
    }

    public static CheckResult Retain(Evidence seen)
    {
        var faults = seen.Messages.Where(static m => m.Sent.Retain != MustBeKept(m) && (m.IsTelemetry || MustBeKept(m)))
            .Select(static m => m.IsTelemetry
                ? $"{m.Sent.Topic} is retained: a new subscriber would take an old measurement for a new one"
                : $"{m.Sent.Topic} is not retained: whoever subscribes later does not see it")
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return seen.Messages.Count == 0 ? CheckResult.NotSeen("nothing was published") : CheckResult.Of(faults, "measurements are not retained, states are");
    }

    public static CheckResult Payload(Evidence seen)
    {
        var faults = seen.Refusals.Select(static r => $"{r.Reason}: {r.Text}").ToList();
        var count = seen.Readings.Count + seen.Batches.Sum(static b => b.Events.Count);
        var dropped = string.Join(", ", seen.DroppedFields.Select(static d => $"{d.Key} x {d.Value}"));
        return count + faults.Count == 0 ? CheckResult.NotSeen("no readings and no events were published")
            : faults.Count == 0 && dropped.Length > 0 ? CheckResult.Fail($"fields that are impossible and would be dropped: {dropped}")
            : CheckResult.Of(faults, $"{count} readings and events");
    }

    public static CheckResult Qos(Evidence seen)
    {
        var telemetry = seen.Messages.Where(static m => m.IsTelemetry).ToList();
        var faults = telemetry.Where(static m => m.Sent.QoS == QualityOfService.AtMostOnce)
            .Select(static m => $"{m.Sent.Topic} comes at QoS 0: what is lost on the way stays lost")
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return telemetry.Count == 0 ? CheckResult.NotSeen("no measurements were published")
            : CheckResult.Of(faults, $"QoS {string.Join(" and ", telemetry.Select(static m => (int)m.Sent.QoS).Distinct().Order())}");
    }

    private static bool MustBeKept(ObservedMessage message) => message.Leaf == "state" || message is { Kind: "board", Leaf: "status" } || message.Leaf == "plan/status";

    private static string? TopicFault(ObservedMessage message) => message switch
    {
        { Meaning: TopicMeaning.Unknown } => $"{message.Sent.Topic} means nothing (an id holds letters, digits, '.', '_' and '-', at most 64)",
        { Meaning: TopicMeaning.Outside } => $"{message.Sent.Topic} is outside traffic/v1: the service does not take it in",
        { Leaf: "errors" or "plan" } or { Kind: "board", Leaf: "message" } => $"{message.Sent.Topic} is for the service to publish, not for a device",
        _ => null,
    };
}
