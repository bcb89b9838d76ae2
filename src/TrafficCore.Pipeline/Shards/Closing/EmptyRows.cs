using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// Gives named detectors that stayed silent their empty rows: at ticks, for windows that began after the network was received,
/// once a window may be published. Back-fill never comes here.
/// </summary>
internal sealed class EmptyRows(ShardContext context, WindowMarks marks)
{
    /// <summary>
    /// How far back a tick looks after a standstill. The service was away for longer: whether a detector was silent then is
    /// not known, and a week of empty rows at once helps nobody. As long as pages are held in memory by default.
    /// </summary>
    private const long LookBackMs = 15 * 60_000;

    /// <summary>A network was received that names the intersection: windows count from the first that begins at or after it.</summary>
    public static void Begin(IntersectionState state, long receivedMs)
    {
        foreach (LengthState length in state.Lengths)
        {
            if (length.EmptyNext == long.MaxValue)
            {
                length.EmptyNext = PageMath.CeilingTo(receivedMs, length.Length);
            }
        }
    }

    public void Look(IntersectionState state, int index)
    {
        LengthState length = state.Lengths[index];
        if (length.EmptyNext > context.ReceivedMs - length.Length)
        {
            return;
        }

        long closable = Math.Min(CloseRule.Look(state, length, context), context.ReceivedMs);
        long oldest = PageMath.FloorTo(context.ReceivedMs - LookBackMs, length.Length);
        length.EmptyNext = Math.Max(length.EmptyNext, oldest);
        for (; length.EmptyNext + length.Length <= closable; length.EmptyNext += length.Length)
        {
            LookAt(state, index, length.EmptyNext);
        }
    }

    private void LookAt(IntersectionState state, int index, long start)
    {
        IntersectionPlan plan = state.PlanAt(start);
        if (!plan.IsNamed || plan.SinceMs > start || plan.Detectors.Length == 0)
        {
            return;
        }

        if (state.Pages.Get(PageMath.FloorDivide(start, context.Lengths.SpanMs)) is not { } page)
        {
            return;
        }

        int window = (int)((start - page.Start) / state.Lengths[index].Length);
        if (!AnySilent(plan, page, index, window, state.Lengths[index].Length))
        {
            return;
        }

        WindowFlags flags = page.Slots[index][window].Flags;
        if ((flags & (WindowFlags.Open | WindowFlags.Published)) == 0)
        {
            marks.Begin(state, page, index, window);
        }
        else
        {
            marks.Touch(state, page, index, window, WindowFlags.Empties);
        }
    }

    private static bool AnySilent(IntersectionPlan plan, PageState page, int length, int window, long size)
    {
        foreach (PlanDetector planned in plan.Detectors)
        {
            DetectorPage? detector = page.FindDetector(planned.Device);
            if (planned.IsNamed && planned.Interval <= size && RowTrack.Revision(detector?.ReadRow(length, window) ?? 0) == 0
                && (detector?.ReadCell(length, window).Readings ?? 0) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
