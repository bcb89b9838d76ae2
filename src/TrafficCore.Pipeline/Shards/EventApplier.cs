using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Applies a batch of controller events: identities, vehicles of channels, and when the stream was alive.</summary>
internal sealed class EventApplier(ShardContext context, WindowMarks marks)
{
    /// <summary>Indiana code of a detector that switches on: one vehicle.</summary>
    private const ushort DetectorOn = 82;

    private readonly long _span = context.Lengths.SpanMs;

    public void Apply(IntersectionState state, int controller, in EventsView batch)
    {
        ref DeviceState device = ref state.Device(controller);
        long tooOld = Math.Min(device.Watermark, context.ReceivedMs) - context.Options.LatenessMs;
        state.Hear(ref device, IntersectionState.ControllerIntervalMs);
        long first = long.MaxValue, last = long.MinValue, highest = long.MinValue;
        bool stored = false;
        foreach (ref readonly EventEntry entry in batch.Entries)
        {
            highest = Math.Max(highest, entry.Timestamp);
            if (Apply(state, controller, in entry, tooOld, ref stored))
            {
                first = Math.Min(first, entry.Timestamp);
                last = Math.Max(last, entry.Timestamp);
            }
        }

        bool isNumbered = (batch.Batch.Flags & EventsFlags.HasSequence) != 0;
        if (isNumbered)
        {
            bool isTimeKnown = (stored || first > last) && !batch.Entries.IsEmpty && (batch.Batch.Flags & EventsFlags.Unjudged) == 0;
            SequenceTime time = !isTimeKnown ? SequenceTime.Unknown : highest > device.Watermark ? SequenceTime.Ahead : SequenceTime.Behind;
            SequenceRule.Take(ref device, state.Details(controller), batch.Batch.Sequence, time, context.Outcomes);
        }

        if (batch.Entries.IsEmpty)
        {
            return;
        }

        if ((batch.Batch.Flags & EventsFlags.Unjudged) == 0)
        {
            state.Advance(ref device, highest);
        }

        if (isNumbered && first <= last)
        {
            AddBatch(state, controller, new Batch(first, batch.Batch.Sequence, last));
        }
    }

    /// <summary>Applies one event; false when it is late.</summary>
    private bool Apply(IntersectionState state, int controller, in EventEntry entry, long tooOld, ref bool stored)
    {
        ref DeviceState device = ref state.Device(controller);
        PageState? page = entry.Timestamp < tooOld ? null : state.Pages.Get(PageMath.FloorDivide(entry.Timestamp, _span));
        if (page is null)
        {
            device.CountLate(context.Outcomes);
            return false;
        }

        ControllerPage events = page.Controller(controller);
        int offset = (int)(entry.Timestamp - page.Start);
        long before = events.Identities.Bytes;
        if (!events.Identities.Add(offset, entry.Code, entry.Parameter, context.Pool))
        {
            device.CountDuplicate(IdentityOutcome.Repeat, context.Outcomes);
            return true;
        }

        page.Bytes += events.Identities.Bytes - before;
        device.CountStored(context.Outcomes);
        stored = true;
        if (entry.Code == DetectorOn)
        {
            AddVehicle(state, page, events, entry.Parameter, offset);
        }

        MarkAlive(state, page, events, controller, offset / 1000);
        state.Pages.MarkChanged(page);
        return true;
    }

    private void AddVehicle(IntersectionState state, PageState page, ControllerPage events, int parameter, int offset)
    {
        ChannelPage? channel = events.Find(parameter);
        if (channel is null)
        {
            channel = new ChannelPage(parameter, context.Lengths.Count);
            events.Channels.Add(channel);
            page.Bytes += 64;
        }

        for (int length = 0; length < context.Lengths.Count; length++)
        {
            int window = (int)(offset / context.Lengths[length]);
            ref int count = ref channel.Count(length, window, page.Slots[length].Length, ref page.Bytes);
            count = (count + 2) | 1;
            marks.Touch(state, page, length, window);
        }

        int hour = offset / 3_600_000;
        if ((channel.Hours & (1u << hour)) == 0)
        {
            channel.Hours |= 1u << hour;
            TouchPublished(state, page, hour * 3_600_000L, ((hour + 1) * 3_600_000L) - 1);
        }
    }

    /// <summary>An event proves the stream alive for a minute, which may reach into the next page.</summary>
    private void MarkAlive(IntersectionState state, PageState page, ControllerPage events, int controller, int second)
    {
        ref ulong word = ref events.EventSeconds[second >> 6];
        ulong bit = 1UL << (second & 63);
        if ((word & bit) != 0)
        {
            return;
        }

        word |= bit;
        events.Hours |= 1u << (second / 3600);
        TouchAll(state, page, second * 1000L, (second + AliveTime.Seconds) * 1000L - 1);
        int seconds = (int)(_span / 1000);
        if (second + AliveTime.Seconds <= seconds || state.Pages.Get(page.Index + 1) is not { } next)
        {
            return;
        }

        ControllerPage following = next.Controller(controller);
        following.CarrySecond = Math.Max(following.CarrySecond, second - seconds);
        TouchAll(state, next, 0, ((second + AliveTime.Seconds - seconds) * 1000L) - 1);
        state.Pages.MarkChanged(next);
    }

    /// <summary>Adds a numbered batch. Where a hole opens or closes, the minute after the event before it means something else.</summary>
    private void AddBatch(IntersectionState state, int controller, Batch batch)
    {
        PageState page = state.Pages.Get(PageMath.FloorDivide(batch.First, _span))!;
        BatchList batches = page.Controller(controller).Batches;
        if (!batches.Add(batch, out int at))
        {
            return;
        }

        BatchEdges edges = state.Details(controller).Batches;
        edges.Note(page.Index, batches);
        page.Bytes += 24;
        state.Pages.MarkChanged(page);
        Batch? before = at > 0 ? batches[at - 1] : edges.Before(page.Index);
        Batch? after = at + 1 < batches.Count ? batches[at + 1] : edges.After(page.Index);
        bool wasHole = before is { } b && after is { } a && b.HasHoleBefore(a);
        if (before is { } previous && (wasHole || previous.HasHoleBefore(batch)))
        {
            TouchMinuteAfter(state, previous.Last);
        }

        if (after is { } next && (wasHole || batch.HasHoleBefore(next)))
        {
            TouchMinuteAfter(state, batch.Last);
        }
    }

    private void TouchMinuteAfter(IntersectionState state, long time)
    {
        long end = time + (AliveTime.Seconds * 1000L);
        for (long index = PageMath.FloorDivide(time, _span); index <= PageMath.FloorDivide(end, _span); index++)
        {
            if (state.Pages.Exists(index) && state.Pages.Get(index) is { } page)
            {
                TouchPublished(state, page, Math.Max(0, time - page.Start), Math.Min(_span - 1, end - page.Start));
                state.Pages.MarkChanged(page);
            }
        }
    }

    private void TouchAll(IntersectionState state, PageState page, long from, long to)
    {
        for (int length = 0; length < context.Lengths.Count; length++)
        {
            int last = (int)Math.Min(to / context.Lengths[length], page.Slots[length].Length - 1);
            for (int window = (int)(from / context.Lengths[length]); window <= last; window++)
            {
                marks.Touch(state, page, length, window);
            }
        }
    }

    private void TouchPublished(IntersectionState state, PageState page, long from, long to)
    {
        for (int length = 0; length < context.Lengths.Count; length++)
        {
            for (int window = (int)(from / context.Lengths[length]); window <= (int)(to / context.Lengths[length]); window++)
            {
                if ((page.Slots[length][window].Flags & WindowFlags.Published) != 0)
                {
                    marks.Touch(state, page, length, window);
                }
            }
        }
    }
}
