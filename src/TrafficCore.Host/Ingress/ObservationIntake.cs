using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Host.Ingress;

/// <summary>Takes in a payload of an environment sensor or a car park. Its device is resolved before anything is written.</summary>
internal sealed class ObservationIntake(DeviceDesk devices, RejectionDesk rejections, ClockGuard clock, IngressMetrics metrics)
{
    public IntakeResult Take(IntakeBatch batch, TopicSlot slot, ReadOnlySpan<byte> payload)
    {
        ObservationKind kind = DeviceKinds.Observed(slot.Topic.Kind)!;
        ObservationParser parser = IngressScratch.Current.Observations;
        PayloadStatus status = parser.Parse(payload, kind);
        if (status != PayloadStatus.Ok)
        {
            rejections.Reject(batch, slot, devices.FindKnown(slot.Id), Reasons.Of(status), payload);
            return IntakeResult.Rejected;
        }

        ReadOnlySpan<ParsedObservation> observations = parser.Observations;
        int good = CountGood(observations);
        IngressScratch.Verdict sender = default;
        if (good == 0)
        {
            sender.Device = devices.FindKnown(slot.Id);
        }
        else if (!devices.TryResolve(slot.Id, slot.Device, DeviceFlags.Learnt, out sender))
        {
            return IntakeResult.LogFull;
        }

        slot.Device = sender.Device;
        foreach (ref readonly ParsedObservation observation in observations)
        {
            RejectionReason reason = observation.Fault != ReadingFault.None ? Reasons.Of(observation.Fault, observation.Timestamp ?? 0)
                : sender.Device is not { } device ? sender.Reason
                : good > 1 && observation.Timestamp is null ? RejectionReason.NoTimestamp
                : Take(batch, kind, device, in observation);
            if (reason != RejectionReason.None)
            {
                rejections.Reject(batch, slot, sender.Device, reason, payload.Slice(observation.Offset, observation.Length));
            }
        }

        return good > 0 || observations.IsEmpty ? IntakeResult.Collected : IntakeResult.Rejected;
    }

    private RejectionReason Take(IntakeBatch batch, ObservationKind kind, DeviceEntry device, in ParsedObservation observation)
    {
        RejectionReason reason = clock.Stamp(batch, device.Number, observation.Timestamp, 0, out long timestamp, out ReadingFlags flags);
        if (reason != RejectionReason.None)
        {
            return reason;
        }

        batch.Writer.AddObservation(new ObservationEntry { Timestamp = timestamp, Device = device.Number, Flags = flags, Values = observation.Values });
        batch.Observations++;
        batch.ServerTimes += observation.Timestamp is null ? 1 : 0;
        if (observation.Dropped != 0)
        {
            metrics.Dropped(kind, observation.Dropped);
        }

        return RejectionReason.None;
    }

    private static int CountGood(ReadOnlySpan<ParsedObservation> observations)
    {
        int good = 0;
        foreach (ref readonly ParsedObservation observation in observations)
        {
            good += observation.Fault == ReadingFault.None ? 1 : 0;
        }

        return good;
    }
}
