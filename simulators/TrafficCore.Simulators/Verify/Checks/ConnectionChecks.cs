using System.Text.Json;
using TrafficCore.Host.Ingress;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Verify;

/// <summary>How a device connects, what it leaves behind, and how it says that it is there.</summary>
internal static class ConnectionChecks
{
    /// <summary>A state is published at once; a slow mobile link gets some seconds.</summary>
    private static readonly TimeSpan OnlineWithin = TimeSpan.FromSeconds(10);

    public static CheckResult Connect(Evidence seen)
    {
        var faults = seen.Events.OfType<ConnectRefused>().Select(static r => r.Words)
            .Concat(seen.Events.OfType<DeviceGone>().Where(static g => g.End == DeviceEnd.BrokeProtocol).Select(static g => g.Words))
            .Concat(seen.Connects.Where(static c => c.Facts.Version == MqttVersion.V31).Select(static c => $"{c.Facts.ClientId} speaks MQTT 3.1"))
            .ToList();
        var versions = string.Join(" and ", seen.Connects.Select(static c => c.Facts.Version == MqttVersion.V5 ? "5.0" : "3.1.1").Distinct());
        return faults.Count == 0 && !seen.Connects.Any() ? CheckResult.NotSeen("nothing has connected") : CheckResult.Of(faults, $"MQTT {versions}");
    }

    public static CheckResult ClientId(Evidence seen)
    {
        var connects = seen.Connects.ToList();
        if (connects.Count == 0)
        {
            return CheckResult.NotSeen("nothing has connected");
        }

        // After the first disturbance only those come back that were there before.
        var disturbed = seen.Events.OfType<DeviceGone>().Select(static g => g.At).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        var before = connects.Where(c => c.At <= disturbed).Select(static c => c.Facts.ClientId).ToHashSet(StringComparer.Ordinal);
        var faults = connects.Where(static c => c.Facts.ClientId.Length == 0).Select(static _ => "an empty client id: the broker can't know the device again")
            .Concat(connects.Where(c => c.At > disturbed && !before.Contains(c.Facts.ClientId)).Select(static c => $"it came back as '{c.Facts.ClientId}', a name that it did not have before"))
            .ToList();
        return CheckResult.Of(faults, string.Join(", ", before.Take(3)));
    }

    public static CheckResult Session(Evidence seen)
    {
        var connects = seen.Connects.ToList();
        var faults = connects
            .Where(static c => c.Facts is { Version: MqttVersion.V5, CleanStart: false, IsPersistent: false })
            .Select(static c => $"{c.Facts.ClientId} asks for its session (clean start 0) and lets the broker forget it at once (session expiry 0)")
            .ToList();
        return connects.Count == 0 ? CheckResult.NotSeen("nothing has connected")
            : CheckResult.Of(faults, connects[0].Facts.IsPersistent ? "the broker is to keep the session" : "the broker is to keep nothing: the device must");
    }

    public static CheckResult KeepAlive(Evidence seen)
    {
        var faults = new List<string>();
        foreach (var connect in seen.Connects)
        {
            var (promise, name) = (connect.Facts.KeepAlive, connect.Facts.ClientId);
            if (promise == TimeSpan.Zero)
            {
                faults.Add($"{name} promises no keep-alive: a dead connection would go unnoticed");
                continue;
            }

            // What the bench does is no sign of life; a broker waits for one and a half of the promise [MQTT-3.1.2-22].
            var signs = seen.Events.Where(e => e.Connection == connect.Connection && e is not BenchDelivered).Select(static e => e.At).ToList();
            var longest = signs.Zip(signs.Skip(1), static (a, b) => b - a).DefaultIfEmpty(TimeSpan.Zero).Max();
            if (longest > promise * 1.5)
            {
                faults.Add($"{name} was silent for {longest.TotalSeconds:0.0} s and promises {promise.TotalSeconds:0} s");
            }
        }

        return !seen.Connects.Any() ? CheckResult.NotSeen("nothing has connected")
            : CheckResult.Of(faults, $"{seen.Connects.First().Facts.KeepAlive.TotalSeconds:0} s");
    }

    public static CheckResult Will(Evidence seen)
    {
        var connects = seen.Connects.ToList();
        return connects.Count == 0 ? CheckResult.NotSeen("nothing has connected")
            : CheckResult.Of([.. connects.Select(static c => WillFault(c.Facts)).OfType<string>()], $"'offline' at {connects[0].Facts.Will?.Topic}");
    }

    public static CheckResult Online(Evidence seen)
    {
        var connects = seen.Connects.ToList();
        var faults = new List<string>();
        foreach (var connect in connects)
        {
            var states = seen.Messages.Where(m => m.Sent.Connection == connect.Connection && m.Leaf == "state" && m.Sent.At - connect.At <= OnlineWithin).ToList();
            var expected = connect.Facts.Will?.Topic;
            var state = states.FirstOrDefault(m => (expected is null || m.Sent.Topic == expected) && StateOf(m.Sent.Payload) == "online");
            if (state is null)
            {
                faults.Add($"{connect.Facts.ClientId} did not publish 'online' {(expected is null ? "to a state topic" : "to " + expected)} within {OnlineWithin.TotalSeconds:0} s");
            }
            else if (!state.Sent.Retain)
            {
                faults.Add($"'online' at {state.Sent.Topic} is not retained: whoever subscribes later does not see it");
            }
        }

        return connects.Count == 0 ? CheckResult.NotSeen("nothing has connected") : CheckResult.Of(faults, $"after each of {connects.Count} connects");
    }

    public static CheckResult Tls(Evidence seen)
    {
        var connects = seen.Connects.ToList();
        return connects.Count == 0 ? CheckResult.NotSeen("nothing has connected")
            : CheckResult.Of([.. connects.Where(static c => !c.Facts.IsTls).Select(static c => $"{c.Facts.ClientId} does not encrypt")], "every connection is encrypted");
    }

    public static CheckResult Reconnect(Evidence seen)
    {
        if (seen.Span(BenchStage.Resending) is not { } span || seen.Span(BenchStage.Withholding) is not { } before)
        {
            return CheckResult.NotSeen("the bench has not dropped a connection");
        }

        var over = seen.Events.OfType<DeviceGone>().Where(g => g.At < before.From).Select(static g => g.Connection).ToHashSet();
        var lost = seen.Connects.Where(c => c.At < span.From && !over.Contains(c.Connection)).Select(static c => c.Facts.ClientId).ToHashSet(StringComparer.Ordinal);
        var back = seen.Connects.Where(c => c.At >= span.From).ToList();
        var missing = lost.Except(back.Select(static c => c.Facts.ClientId)).Select(id => $"{id} did not come back within {(span.To - span.From).TotalSeconds:0} s").ToList();
        return lost.Count == 0 ? CheckResult.NotSeen("no connection was there to be dropped")
            : CheckResult.Of(missing, $"back after {(back.FirstOrDefault()?.At - span.From)?.TotalSeconds:0.0} s");
    }

    /// <summary>The state in a payload: plain text, or the field <c>state</c> of an object.</summary>
    public static string? StateOf(ReadOnlyMemory<byte> payload)
    {
        if (payload.Span.SequenceEqual("online"u8) || payload.Span.SequenceEqual("offline"u8))
        {
            return System.Text.Encoding.UTF8.GetString(payload.Span);
        }

        try
        {
            using var json = JsonDocument.Parse(payload);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("state", out var state) && state.ValueKind == JsonValueKind.String
                ? state.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? WillFault(ConnectFacts facts)
    {
        if (facts.Will is not { } will)
        {
            return $"{facts.ClientId} leaves no will: nobody hears when it is lost";
        }

        var topic = ObservedMessage.Of(new DevicePublished(default, 0, will.Topic, will.Payload, will.QoS, will.Retain, false, 0, false), default);
        return topic.Meaning != TopicMeaning.RoutedOnly || topic.Leaf != "state" ? $"the will goes to {will.Topic}, which is not a device's state topic"
            : StateOf(will.Payload) != "offline" ? $"the will at {will.Topic} does not say 'offline'"
            : !will.Retain ? $"the will at {will.Topic} is not retained"
            : null;
    }
}
