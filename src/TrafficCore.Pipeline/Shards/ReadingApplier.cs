using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Applies one reading: late, duplicate, or stored. The hot path: nothing here allocates once a page has warmed up.</summary>
internal sealed class ReadingApplier(ShardContext context, WindowMarks marks)
{
    private readonly long[] _lengths = context.Lengths.Ms.ToArray();

    // Where the last stored reading went, for the classes that follow it.
    private PageState? _page;
    private DetectorPage? _detector;
    private uint _offset;
    private uint _interval;

    /// <summary>Applies a reading; true when it was stored.</summary>
    public bool Apply(IntersectionState state, int deviceIndex, in ReadingEntry entry)
    {
        ref DeviceState device = ref state.Device(deviceIndex);
        long end = entry.Timestamp + entry.Interval;
        PageState? page = state.PageFor(in device, entry.Timestamp, end);
        state.Hear(ref device, entry.Interval);
        bool stored = page is not null && Store(state, page, deviceIndex, in entry);
        if ((entry.Flags & ReadingFlags.HasSequence) != 0)
        {
            // What was sent before says nothing new; what is late did come.
            bool isTimeKnown = (stored || page is null) && (entry.Flags & ReadingFlags.Unjudged) == 0;
            SequenceTime time = !isTimeKnown ? SequenceTime.Unknown : end > device.Watermark ? SequenceTime.Ahead : SequenceTime.Behind;
            SequenceRule.Take(ref device, state.Details(deviceIndex), entry.Sequence, time, context.Outcomes);
        }

        if (page is null)
        {
            device.CountLate(context.Outcomes);
            return false;
        }

        if ((entry.Flags & ReadingFlags.Unjudged) == 0)
        {
            state.Advance(ref device, end);
        }

        return stored;
    }

    /// <summary>Adds the classes of the reading that was stored last; the trailer is in order of readings, so one pass serves the whole record.</summary>
    /// <param name="classes">The record's trailer, as far as it was not used.</param>
    /// <param name="hasClass">Whether the trailer's current item waits for a later reading.</param>
    /// <param name="reading">Index of the reading in the record.</param>
    public void ApplyClasses(ref RecordTrailer classes, ref bool hasClass, int reading)
    {
        while (hasClass || classes.MoveNext())
        {
            hasClass = classes.TryClassVolume(out ClassVolumeView view);
            if (hasClass && view.Reading > reading)
            {
                return;
            }

            if (hasClass && view.Reading == reading)
            {
                ApplyClass(view.Name, view.Volume);
            }

            hasClass = false;
        }
    }

    private void ApplyClass(ReadOnlySpan<byte> name, uint volume)
    {
        int number = _page!.ClassNumber(name);
        for (int length = FirstLength(_interval); length < _lengths.Length; length++)
        {
            // The lowest bit says that the class was sent: none of a class is something else than not counted.
            ref long known = ref _detector!.Open(length, (int)(_offset / (uint)_lengths[length]), context.Pool, ref _page.Bytes).Class(number, context.Pool);
            known = (known | 1) + (2L * volume);
        }
    }

    private bool Store(IntersectionState state, PageState page, int deviceIndex, in ReadingEntry entry)
    {
        ref DeviceState device = ref state.Device(deviceIndex);
        DetectorPage detector = page.Detector(deviceIndex);
        var offset = (uint)(entry.Timestamp - page.Start);

        // A time that the server gave says nothing about which reading it is.
        if ((entry.Flags & ReadingFlags.ServerTime) == 0)
        {
            long before = detector.Identities.Bytes;
            IdentityOutcome outcome = detector.Identities.Add(offset, entry.Interval, Fingerprint(in entry), context.Pool);
            if (outcome != IdentityOutcome.Added)
            {
                device.CountDuplicate(outcome, context.Outcomes);
                return false;
            }

            page.Bytes += detector.Identities.Bytes - before;
        }

        device.CountStored(context.Outcomes);
        _page = page;
        _detector = detector;
        _offset = offset;
        _interval = entry.Interval;
        var values = new ReadingValues(
            entry.Interval, entry.Volume, entry.Occupancy, entry.Speed == ReadingEntry.NoSpeed ? -1 : entry.Speed);
        for (int length = FirstLength(entry.Interval); length < _lengths.Length; length++)
        {
            AddTo(state, page, detector, length, (int)(offset / (uint)_lengths[length]), in values);
        }

        uint hour = offset / 3_600_000;
        if (entry.Interval < detector.HourShortest[hour])
        {
            detector.HourShortest[hour] = entry.Interval;
            marks.ExpectationChanged(state, page, deviceIndex, (int)hour, entry.Interval);
        }

        state.Pages.MarkChanged(page);
        return true;
    }

    private void AddTo(IntersectionState state, PageState page, DetectorPage detector, int length, int window, in ReadingValues values)
    {
        ref WindowContent content = ref detector.Open(length, window, context.Pool, ref page.Bytes);
        content.Cell.Add(in values);
        WindowFlags flags = page.Slots[length][window].Flags;
        if ((flags & WindowFlags.Open) != 0)
        {
            return;
        }

        if ((flags & WindowFlags.Published) != 0)
        {
            content.Row |= RowTrack.Dirty;
        }

        marks.Touch(state, page, length, window);
    }

    private int FirstLength(uint interval)
    {
        int length = 0;
        while (length < _lengths.Length && _lengths[length] < interval)
        {
            length++;
        }

        return length;
    }

    private static ushort Fingerprint(in ReadingEntry entry)
    {
        ulong mixed = entry.Volume + 1;
        mixed = (mixed * 0x9E3779B97F4A7C15) ^ (uint)entry.Occupancy;
        mixed = (mixed * 0x9E3779B97F4A7C15) ^ ((ulong)entry.Speed << 32) ^ entry.Interval;
        return (ushort)((mixed * 0x9E3779B97F4A7C15) >> 48);
    }
}
