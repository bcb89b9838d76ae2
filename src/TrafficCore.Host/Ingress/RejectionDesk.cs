using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Host.Ingress;

/// <summary>Refuses: a record with bytes and reason, a count, and a notice to the device at most once a second.</summary>
/// <remarks>Safe from any thread. Without metrics refusals are not counted: they are tried, and perhaps thrown away. The notices' memory is one entry per device that ever went wrong, and a bounded table for unknown ones.</remarks>
internal sealed class RejectionDesk(string topicRoot, IngressMetrics? metrics, IDeviceNotifier? notifier)
{
    // Contract section 1: at most one message a second and device.
    private const long NoticeIntervalMs = 1_000;

    private readonly ConcurrentDictionary<uint, NoticeState> _notices = new();
    private readonly UnknownNotices _unknown = new(NoticeIntervalMs);

    /// <summary>Refuses something of a device, or of nobody when <paramref name="device"/> is null.</summary>
    public void Reject(IntakeBatch batch, TopicSlot slot, DeviceEntry? device, RejectionReason reason, ReadOnlySpan<byte> payload, uint? sequence = null)
    {
        metrics?.Rejected(reason);
        if (device is not null)
        {
            batch.Writer.AddRejection(device.Number, device.Kind, device.Intersection, device.Device, reason, payload, default, sequence);
        }
        else
        {
            batch.Writer.AddRejection(0, DeviceKind.Unknown, DeviceKinds.Nobody, DeviceKinds.Nobody, reason, payload, slot.Bytes);
        }

        if (notifier is not null)
        {
            Notify(batch, slot, device, reason);
        }
    }

    private void Notify(IntakeBatch batch, TopicSlot slot, DeviceEntry? device, RejectionReason reason)
    {
        bool named = slot.Topic.Meaning is TopicMeaning.Readings or TopicMeaning.Events or TopicMeaning.Observations;
        if (device is null or { Number: 0 } && !named)
        {
            return;
        }

        bool due = device is { Number: > 0 }
            ? IsDue(device.Number, batch.ElapsedMs, out int count)
            : _unknown.IsDue(slot.Bytes, batch.ElapsedMs, out count);
        if (!due)
        {
            return;
        }

        string topic = device is { Number: > 0 }
            ? $"{topicRoot}/{device.Intersection}/{DeviceKinds.Name(device.Kind)}/{device.Device}/errors"
            : $"{topicRoot}/{Ascii(slot.Intersection)}/{DeviceKinds.Name(slot.Topic.Kind)}/{Ascii(slot.DeviceId)}/errors";
        string payload = string.Create(
            CultureInfo.InvariantCulture, $$"""{"ts":{{batch.ReceivedMs}},"reason":"{{RejectionReasons.Name(reason)}}","count":{{count}}}""");
        if (!notifier!.TryNotify(topic, Encoding.UTF8.GetBytes(payload)))
        {
            metrics?.NoticeDropped();
        }
    }

    private bool IsDue(uint device, long elapsedMs, out int count)
    {
        NoticeState state = _notices.GetOrAdd(device, static _ => new NoticeState());
        count = Interlocked.Increment(ref state.Rejected);
        long next = Volatile.Read(ref state.NextMs);
        if (elapsedMs < next || Interlocked.CompareExchange(ref state.NextMs, elapsedMs + NoticeIntervalMs, next) != next)
        {
            return false;
        }

        Interlocked.Add(ref state.Rejected, -count);
        return true;
    }

    private static string Ascii(ReadOnlySpan<byte> id) => Encoding.ASCII.GetString(id);

    private sealed class NoticeState
    {
        public long NextMs;
        public int Rejected;
    }
}
