using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Host.Ingress;

/// <summary>What became of a payload at the door.</summary>
internal enum IntakeResult : byte
{
    /// <summary>Taken in, or refused for another reason than its form.</summary>
    Collected,

    /// <summary>Refused because nothing of it could be read.</summary>
    Rejected,

    /// <summary>Nothing was done: the log has no room for the record of a new device.</summary>
    LogFull,
}

/// <summary>
/// Takes in a readings payload. All devices are resolved before anything is written: learning may find the log full, and
/// then the whole payload is tried again later.
/// </summary>
internal sealed class ReadingIntake(DeviceDesk devices, RejectionDesk rejections, ClockGuard clock, IngressMetrics metrics, long maxIntervalMs)
{
    public IntakeResult Take(IntakeBatch batch, TopicSlot slot, ReadOnlySpan<byte> payload)
    {
        IngressScratch scratch = IngressScratch.Current;
        ReadingParser parser = scratch.Readings;
        bool many = slot.Topic.Meaning == TopicMeaning.ReadingsOfMany;
        PayloadStatus status = parser.Parse(payload, many);
        if (status != PayloadStatus.Ok)
        {
            rejections.Reject(batch, slot, Sender(slot), Reasons.Of(status), payload);
            return IntakeResult.Rejected;
        }

        ReadOnlySpan<ParsedReading> readings = parser.Readings;
        Span<IngressScratch.Verdict> verdicts = scratch.Verdicts(readings.Length);
        if (!(many ? TryResolveEach(slot, parser, verdicts) : TryResolveOne(slot, readings, verdicts)))
        {
            return IntakeResult.LogFull;
        }

        Dictionary<DeviceEntry, int>? repeats = Repeats(scratch, readings, verdicts);
        bool anyGood = readings.IsEmpty;
        for (int i = 0; i < readings.Length; i++)
        {
            ref readonly ParsedReading reading = ref readings[i];
            anyGood |= reading.Fault == ReadingFault.None;
            if (verdicts[i].Reason == RejectionReason.None)
            {
                verdicts[i].Reason = Judge(batch, parser, reading, verdicts[i].Device!, repeats);
            }

            if (verdicts[i].Reason != RejectionReason.None)
            {
                uint? sequence = (reading.Present & ReadingFields.Sequence) != 0 ? reading.Sequence : null;
                rejections.Reject(
                    batch, slot, verdicts[i].Device ?? Sender(slot), verdicts[i].Reason, payload.Slice(reading.Offset, reading.Length), sequence);
            }
        }

        repeats?.Clear();
        return anyGood ? IntakeResult.Collected : IntakeResult.Rejected;
    }

    private bool TryResolveOne(TopicSlot slot, ReadOnlySpan<ParsedReading> readings, Span<IngressScratch.Verdict> verdicts)
    {
        IngressScratch.Verdict verdict = default;
        bool resolved = false;
        for (int i = 0; i < readings.Length; i++)
        {
            if (readings[i].Fault != ReadingFault.None)
            {
                verdicts[i].Reason = Reasons.Of(readings[i].Fault, readings[i].Timestamp);
                continue;
            }

            if (!resolved)
            {
                if (!devices.TryResolve(slot.Id, slot.Device, DeviceFlags.Learnt, out verdict))
                {
                    return false;
                }

                resolved = true;
                slot.Device = verdict.Device;
            }

            verdicts[i] = verdict;
        }

        return true;
    }

    private bool TryResolveEach(TopicSlot slot, ReadingParser parser, Span<IngressScratch.Verdict> verdicts)
    {
        ReadOnlySpan<ParsedReading> readings = parser.Readings;
        for (int i = 0; i < readings.Length; i++)
        {
            var id = new DeviceIdView(DeviceKind.Detector, slot.Intersection, parser.DetectorOf(readings[i]));
            if (readings[i].Fault != ReadingFault.None)
            {
                verdicts[i].Reason = Reasons.Of(readings[i].Fault, readings[i].Timestamp);
                verdicts[i].Device = id.Device.IsEmpty ? null : devices.FindKnown(id);
            }
            else if (!devices.TryResolve(id, null, DeviceFlags.Learnt, out verdicts[i]))
            {
                return false;
            }
        }

        return true;
    }

    private RejectionReason Judge(
        IntakeBatch batch, ReadingParser parser, in ParsedReading reading, DeviceEntry device, Dictionary<DeviceEntry, int>? repeats)
    {
        bool hasTime = (reading.Present & ReadingFields.Timestamp) != 0;
        uint interval = (reading.Present & ReadingFields.Interval) != 0 ? reading.Interval : (uint)device.DefaultIntervalMs;
        if (!hasTime && repeats is not null && repeats[device] > 1)
        {
            return RejectionReason.NoTimestamp;
        }

        if (interval > maxIntervalMs)
        {
            return RejectionReason.IntervalTooLong;
        }

        RejectionReason reason = clock.Stamp(
            batch, device.Number, hasTime ? reading.Timestamp : null, interval, out long timestamp, out ReadingFlags flags);
        if (reason == RejectionReason.None)
        {
            Write(batch, parser, reading, new ReadingEntry { Timestamp = timestamp, Device = device.Number, Interval = interval, Flags = flags });
        }

        return reason;
    }

    private void Write(IntakeBatch batch, ReadingParser parser, in ParsedReading reading, ReadingEntry entry)
    {
        ReadingFields present = reading.Present;
        entry.Volume = reading.Volume;
        entry.Occupancy = (present & ReadingFields.Occupancy) != 0 ? reading.Occupancy : ReadingEntry.NoOccupancy;
        entry.Speed = (present & ReadingFields.Speed) != 0 ? reading.Speed : ReadingEntry.NoSpeed;
        if ((present & ReadingFields.Sequence) != 0)
        {
            entry.Sequence = reading.Sequence;
            entry.Flags |= ReadingFlags.HasSequence;
        }

        batch.Writer.AddReading(entry);
        batch.Readings++;
        batch.ServerTimes += (entry.Flags & ReadingFlags.ServerTime) != 0 ? 1 : 0;
        if ((present & ReadingFields.Classes) != 0)
        {
            foreach (ref readonly ParsedClass item in parser.Classes.Slice(reading.ClassStart, reading.ClassCount))
            {
                batch.Writer.AddClass(parser.NameOf(item), item.Volume);
            }
        }

        if (reading.Dropped != ReadingFields.None)
        {
            metrics.Dropped(reading.Dropped);
        }
    }

    // How many readings each device has here, when that matters: one of several has no time of its own.
    private static Dictionary<DeviceEntry, int>? Repeats(
        IngressScratch scratch, ReadOnlySpan<ParsedReading> readings, ReadOnlySpan<IngressScratch.Verdict> verdicts)
    {
        bool timeless = false;
        for (int i = 0; i < readings.Length && readings.Length > 1; i++)
        {
            timeless |= readings[i].Fault == ReadingFault.None && (readings[i].Present & ReadingFields.Timestamp) == 0;
        }

        if (!timeless)
        {
            return null;
        }

        scratch.Repeats.Clear();
        foreach (IngressScratch.Verdict verdict in verdicts)
        {
            if (verdict.Device is { } device)
            {
                scratch.Repeats[device] = scratch.Repeats.GetValueOrDefault(device) + 1;
            }
        }

        return scratch.Repeats;
    }

    // Whom a payload is charged to that cannot be given to a detector: the topic's device, or the intersection, if they are known.
    private DeviceEntry? Sender(TopicSlot slot) => slot.Topic.Meaning == TopicMeaning.ReadingsOfMany
        ? devices.Registry.FindIntersection(slot.Intersection)
        : devices.FindKnown(slot.Id);
}
