namespace TrafficCore.Pipeline.Shards;

/// <summary>Opens windows and marks published ones for correction, keeping lists and counts in step.</summary>
internal sealed class WindowMarks(ShardContext context)
{
    private const WindowFlags Work = WindowFlags.Open | WindowFlags.Dirty;

    /// <summary>Content of a window changed: it opens, or awaits a correction.</summary>
    public void Touch(IntersectionState state, PageState page, int length, int window)
    {
        ref WindowSlot slot = ref page.Slots[length][window];
        if ((slot.Flags & Work) != 0)
        {
            return;
        }

        LengthState lengthState = state.Lengths[length];
        long start = page.Start + (window * lengthState.Length);
        if ((slot.Flags & WindowFlags.Published) != 0)
        {
            slot.Flags |= WindowFlags.Dirty;
            lengthState.Dirty.Add(start);
        }
        else
        {
            slot.Flags |= WindowFlags.Open;
            lengthState.Open.Add(start);
        }

        page.WorkCount++;
        context.WorkCount++;
    }

    /// <summary>Something other than content is to be told of a published window.</summary>
    public void Touch(IntersectionState state, PageState page, int length, int window, WindowFlags reason)
    {
        Touch(state, page, length, window);
        page.Slots[length][window].Flags |= reason;
    }

    /// <summary>A window without content begins with its empty rows.</summary>
    public void Begin(IntersectionState state, PageState page, int length, int window)
    {
        page.Slots[length][window].Flags |= WindowFlags.Published;
        Touch(state, page, length, window, WindowFlags.Empties);
    }

    /// <summary>A window was emitted; the caller takes it from its list.</summary>
    public void Done(PageState page, int length, int window)
    {
        page.Slots[length][window].Flags = WindowFlags.Published;
        page.WorkCount--;
        context.WorkCount--;
    }

    /// <summary>Who is expected in an hour changed: published windows that it touches, and that the detector enters, tell it.</summary>
    public void ExpectationChanged(IntersectionState state, PageState page, int device, int hour, uint interval)
    {
        for (int length = 0; length < context.Lengths.Count; length++)
        {
            long size = context.Lengths[length];
            if (interval > size)
            {
                continue;
            }

            int first = (int)(hour * 3_600_000L / size);
            int last = (int)(((hour + 1) * 3_600_000L - 1) / size);
            for (int window = first; window <= last; window++)
            {
                // In a window that has readings of its own they say what was expected.
                if ((page.Slots[length][window].Flags & WindowFlags.Published) != 0
                    && page.Detector(device).ReadCell(length, window).Readings == 0
                    && DependsOnHour(state.PlanAt(page.Start + (window * size)), device))
                {
                    Touch(state, page, length, window, WindowFlags.Expectation);
                }
            }
        }
    }

    /// <summary>A detector with a configured interval is expected whatever it sends; one that does not count changes no sum.</summary>
    private static bool DependsOnHour(IntersectionPlan plan, int device)
    {
        foreach (int index in plan.Counting)
        {
            if (plan.Detectors[index].Device == device)
            {
                return plan.Detectors[index].Interval == 0;
            }
        }

        return false;
    }
}
