using System.Text.Json;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Verify;

/// <summary>Whether what a device measured arrives, through lost acknowledgements and outages.</summary>
internal static class DeliveryChecks
{
    /// <summary>An acknowledgement that left so shortly before the end of its connection may not have arrived.</summary>
    private static readonly TimeSpan AckArrives = TimeSpan.FromSeconds(1);

    public static CheckResult Acknowledged(Evidence seen)
    {
        var ends = seen.Events.OfType<DeviceGone>().ToDictionary(static g => g.Connection, static g => g.At);
        var sure = new HashSet<string>(StringComparer.Ordinal);
        var faults = new List<string>();
        foreach (var (message, keys) in Keyed(seen))
        {
            faults.AddRange(keys.Where(sure.Contains).Select(key => $"{key} was acknowledged and is sent again"));
            if (message.Sent.IsAnswered && (!ends.TryGetValue(message.Sent.Connection, out var end) || end - message.Sent.At > AckArrives))
            {
                sure.UnionWith(keys);
            }
        }

        return sure.Count == 0 ? CheckResult.NotSeen("nothing that can be known again was acknowledged") : CheckResult.Of(faults, $"{sure.Count} readings and events are not sent again");
    }

    public static CheckResult Duplicates(Evidence seen)
    {
        var repeats = seen.Readings.Where(static r => r.Timestamp is not null).GroupBy(static r => $"{r.Detector} at {r.Timestamp}").Select(static g => (g.Key, Texts: g.Select(static r => r.Text).ToList()))
            .Concat(seen.Batches.Where(static b => b.Sequence is not null).GroupBy(static b => $"{b.Controller} batch {b.Sequence}")
                .Select(static g => (g.Key, Texts: g.Select(static b => System.Text.Encoding.UTF8.GetString(b.Message.Sent.Payload.Span)).ToList())))
            .Where(static g => g.Texts.Count > 1)
            .ToList();
        var faults = repeats.Where(static g => g.Texts.Any(text => !IsSame(g.Texts[0], text))).Select(static g => $"{g.Key} came again with other values: the service keeps the first").ToList();
        return repeats.Count == 0 ? CheckResult.Excused("nothing was sent twice") : CheckResult.Of(faults, $"{repeats.Count} were sent again unchanged");
    }

    public static CheckResult Resend(Evidence seen)
    {
        if (seen.Span(BenchStage.Resending) is not { } span)
        {
            return CheckResult.NotSeen("the bench has not dropped a connection");
        }

        var withheld = Withheld(seen);
        var again = Keyed(seen).Where(m => m.Message.Sent.At >= span.From).SelectMany(static m => m.Keys).ToHashSet(StringComparer.Ordinal);
        var faults = withheld.Where(key => !again.Contains(key)).Select(static key => $"{key} was never acknowledged and did not come again").ToList();
        return withheld.Count == 0 ? CheckResult.NotSeen("nothing that can be known again was published while the bench acknowledged nothing")
            : CheckResult.Of(faults, $"all {withheld.Count} came again");
    }

    /// <summary>Readings and events that were published at QoS 1 or 2 and not acknowledged, by identity.</summary>
    public static IReadOnlyList<string> Withheld(Evidence seen) =>
    [
        .. Keyed(seen).Where(static m => m.Message is { Stage: BenchStage.Withholding, Sent: { IsAnswered: false, QoS: > QualityOfService.AtMostOnce } })
            .SelectMany(static m => m.Keys).Distinct(StringComparer.Ordinal),
    ];

    public static CheckResult SessionPresent(Evidence seen)
    {
        var faults = new List<string>();
        var judged = new List<bool>();
        foreach (var back in seen.Connects)
        {
            var before = seen.Connects.LastOrDefault(c => c.Connection < back.Connection && c.Facts.ClientId == back.Facts.ClientId);
            var open = before is null ? [] : seen.Messages.Where(m => m.Sent.Connection == before.Connection && !m.Sent.IsAnswered && m.Sent.QoS > QualityOfService.AtMostOnce).Select(static m => m.Sent).ToList();
            if (open.Count == 0)
            {
                continue;
            }

            judged.Add(back.Facts.SessionPresent);
            var sent = seen.Messages.Where(m => m.Sent.Connection == back.Connection).Select(static m => m.Sent).ToList();
            faults.AddRange(back.Facts.SessionPresent ? ResumedFaults(open, sent) : NewFaults(sent));
        }

        return judged.Count == 0 ? CheckResult.NotSeen("nobody came back who had something unacknowledged")
            : CheckResult.Of(faults, judged.Contains(true) ? "the session goes on: same packet ids, marked as duplicates" : "the session is new: nothing is marked as a duplicate");
    }

    /// <summary>The broker has the session: unacknowledged publications come first, under their ids, with DUP [MQTT-4.4.0-1], [MQTT-3.3.1-1].</summary>
    private static IEnumerable<string> ResumedFaults(List<DevicePublished> open, List<DevicePublished> sent)
    {
        foreach (var publication in open.DistinctBy(static p => p.PacketId))
        {
            var again = sent.FirstOrDefault(p => p.PacketId == publication.PacketId && p.QoS == publication.QoS);
            if (again is null || again.Topic != publication.Topic || !again.Payload.Span.SequenceEqual(publication.Payload.Span))
            {
                yield return $"the broker said that it has the session, but packet {publication.PacketId} did not come again under its id";
            }
            else if (!again.Duplicate)
            {
                yield return $"the broker said that it has the session, but packet {publication.PacketId} came again without DUP";
            }
        }
    }

    /// <summary>The broker has no session: whatever is sent is sent for the first time.</summary>
    private static IEnumerable<string> NewFaults(List<DevicePublished> sent) => sent
        .Where((p, i) => p.Duplicate && !sent.Take(i).Any(earlier => earlier.PacketId == p.PacketId))
        .Select(static p => $"the broker said that the session is new, but packet {p.PacketId} is marked as a duplicate");

    /// <summary>Messages with the identities of what is in them; readings without a time have none.</summary>
    private static IEnumerable<(ObservedMessage Message, List<string> Keys)> Keyed(Evidence seen)
    {
        var readings = seen.Readings.Where(static r => r.Timestamp is not null).ToLookup(static r => r.Message, static r => $"{r.Detector} at {r.Timestamp}");
        var events = seen.Batches.ToLookup(static b => b.Message, static b => b.Events.Select(e => $"{b.Controller} event {e.Timestamp} {e.Code} {e.Parameter}"));
        return seen.Messages.Select(m => (m, Keys: readings[m].Concat(events[m].SelectMany(static e => e)).ToList())).Where(static m => m.Keys.Count > 0);
    }

    private static bool IsSame(string left, string right)
    {
        using var a = JsonDocument.Parse(left);
        using var b = JsonDocument.Parse(right);
        return JsonElement.DeepEquals(a.RootElement, b.RootElement);
    }
}
