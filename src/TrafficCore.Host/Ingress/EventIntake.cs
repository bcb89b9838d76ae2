using System.Buffers.Text;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Host.Ingress;

/// <summary>
/// Takes in an events payload. A detector-on event (82) of a channel that no detector has makes the channel a learnt
/// detector, before the events are written. Accepted events stay one record; what is refused follows it.
/// </summary>
internal sealed class EventIntake(DeviceDesk devices, RejectionDesk rejections, ClockGuard clock, IngressMetrics metrics)
{
    private const ushort DetectorOn = 82;

    // NTCIP numbers channels in 16 bits at most.
    private const int MaxChannel = ushort.MaxValue;

    public IntakeResult Take(IntakeBatch batch, TopicSlot slot, ReadOnlySpan<byte> payload)
    {
        IngressScratch scratch = IngressScratch.Current;
        EventParser parser = scratch.Events;
        PayloadStatus status = parser.Parse(payload);
        if (status != PayloadStatus.Ok)
        {
            rejections.Reject(batch, slot, devices.FindKnown(slot.Id), Reasons.Of(status), payload);
            return IntakeResult.Rejected;
        }

        if (!devices.TryResolve(slot.Id, slot.Device, DeviceFlags.Learnt, out IngressScratch.Verdict controller))
        {
            return IntakeResult.LogFull;
        }

        slot.Device = controller.Device;
        ReadOnlySpan<ParsedEvent> events = parser.Events;
        if (controller.Device is not null && !TryLearnChannels(slot, controller.Device, events))
        {
            return IntakeResult.LogFull;
        }

        Span<IngressScratch.Verdict> verdicts = scratch.Verdicts(events.Length);
        if (controller.Device is { } device)
        {
            Write(batch, parser, device, verdicts);
        }

        for (int i = 0; i < events.Length; i++)
        {
            RejectionReason reason = events[i].Fault != ReadingFault.None ? Reasons.Of(events[i].Fault, events[i].Timestamp)
                : controller.Device is null ? controller.Reason
                : verdicts[i].Reason;
            if (reason != RejectionReason.None)
            {
                rejections.Reject(batch, slot, controller.Device, reason, payload.Slice(events[i].Offset, events[i].Length), parser.Sequence);
            }
        }

        return IntakeResult.Collected;
    }

    private void Write(IntakeBatch batch, EventParser parser, DeviceEntry controller, Span<IngressScratch.Verdict> verdicts)
    {
        ReadOnlySpan<ParsedEvent> events = parser.Events;
        bool unjudged = clock.IsAlarmed;
        int accepted = 0;
        for (int i = 0; i < events.Length; i++)
        {
            verdicts[i].Reason = Judge(batch, controller, events[i], ref unjudged);
            accepted += verdicts[i].Reason == RejectionReason.None ? 1 : 0;
        }

        // A numbered batch without events still says that the stream is alive and has no gap.
        if (accepted == 0 && (parser.Sequence is null || events.Length > 0))
        {
            return;
        }

        batch.Writer.BeginEvents(new EventsHeader
        {
            Controller = controller.Number,
            Sequence = parser.Sequence ?? 0,
            Flags = (parser.Sequence is null ? EventsFlags.None : EventsFlags.HasSequence) | (unjudged ? EventsFlags.Unjudged : EventsFlags.None),
        });
        for (int i = 0; i < events.Length; i++)
        {
            if (verdicts[i].Reason == RejectionReason.None)
            {
                batch.Writer.AddEvent(new EventEntry { Timestamp = events[i].Timestamp, Code = events[i].Code, Parameter = events[i].Parameter });
            }
        }

        batch.Events += accepted;
        if (parser.SequenceDropped)
        {
            metrics.Dropped(ReadingFields.Sequence);
        }
    }

    private RejectionReason Judge(IntakeBatch batch, DeviceEntry controller, in ParsedEvent item, ref bool unjudged)
    {
        if (item.Fault != ReadingFault.None)
        {
            return Reasons.Of(item.Fault, item.Timestamp);
        }

        ClockVerdict verdict = clock.Judge(controller.Number, item.Timestamp, 0, batch.ReceivedMs, batch.ElapsedMs, sent: true);
        unjudged |= verdict == ClockVerdict.Unjudged;
        return Reasons.Of(verdict);
    }

    private bool TryLearnChannels(TopicSlot slot, DeviceEntry controller, ReadOnlySpan<ParsedEvent> events)
    {
        RoadNetwork network = devices.Registry.Network;
        if (slot.SiteNetwork != network)
        {
            slot.SiteNetwork = network;
            slot.Site = network.FindIntersection(controller.Intersection);
        }

        Span<byte> name = stackalloc byte[8];
        foreach (ref readonly ParsedEvent item in events)
        {
            if (item.Code != DetectorOn || item.Fault != ReadingFault.None || item.Parameter is < 1 or > MaxChannel
                || slot.Site?.DetectorByChannel(item.Parameter) is not null)
            {
                continue;
            }

            Utf8Formatter.TryFormat(item.Parameter, name, out int length);
            var id = new DeviceIdView(DeviceKind.Detector, slot.Intersection, name[..length]);
            if (!devices.TryResolve(id, null, DeviceFlags.Learnt | DeviceFlags.Channel, out IngressScratch.Verdict channel))
            {
                return false;
            }

            if (channel.Device is null)
            {
                metrics.ChannelRefused();
            }
        }

        return true;
    }
}
