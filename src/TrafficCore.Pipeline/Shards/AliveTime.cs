namespace TrafficCore.Pipeline.Shards;

/// <summary>How long a controller's stream was alive in a window: in whole seconds, a second with an event and the 59 after it.</summary>
/// <remarks>
/// Between the last event before a hole in the batch numbers and the first after it only seconds with an event count: what
/// was lost there is not known. A function of the sets of events and batches, whatever their order.
/// </remarks>
internal static class AliveTime
{
    /// <summary>The contract's 60 s.</summary>
    public const int Seconds = 60;

    /// <summary>Alive milliseconds in [<paramref name="startMs"/>, + <paramref name="lengthMs"/>), relative to the page.</summary>
    public static int Ms(PageState owner, ControllerPage page, BatchEdges edges, long startMs, long lengthMs)
    {
        int first = (int)(startMs / 1000);
        int end = first + (int)(lengthMs / 1000);
        int last = LastEvent(page, first);
        int alive = 0;
        for (int second = first; second < end; second++)
        {
            last = HasEvent(page, second) ? second : last;
            alive += second - last < Seconds ? 1 : 0;
        }

        return (alive - InHoles(owner, page, edges, first, end)) * 1000;
    }

    /// <summary>Seconds of holes that the events before them would count as alive.</summary>
    private static int InHoles(PageState owner, ControllerPage page, BatchEdges edges, int first, int end)
    {
        int lost = 0;
        Batch? before = edges.Before(owner.Index);
        for (int i = 0; i <= page.Batches.Count; i++)
        {
            Batch? next = i < page.Batches.Count ? page.Batches[i] : edges.After(owner.Index);
            if (before is { } from && next is { } until && from.HasHoleBefore(until))
            {
                lost += InHole(page, ToSecond(from.Last - owner.Start) + 1, ToSecond(until.First - owner.Start), first, end);
            }

            before = next;
        }

        return lost;
    }

    private static int InHole(ControllerPage page, long from, long until, int first, int end)
    {
        int lost = 0;
        int last = (int)Math.Min(until, end);
        for (int second = (int)Math.Max(from, first); second < last; second++)
        {
            lost += !HasEvent(page, second) && second - LastEvent(page, second) < Seconds ? 1 : 0;
        }

        return lost;
    }

    private static long ToSecond(long milliseconds) => PageMath.FloorDivide(milliseconds, 1000);

    /// <summary>The last second with an event before a second, as far back as matters; far in the past without.</summary>
    private static int LastEvent(ControllerPage page, int second)
    {
        for (int candidate = second - 1; candidate > second - Seconds; candidate--)
        {
            if (candidate < 0)
            {
                return page.CarrySecond == ControllerPage.NoCarry ? -2 * Seconds : page.CarrySecond;
            }

            if (HasEvent(page, candidate))
            {
                return candidate;
            }
        }

        return second - (2 * Seconds);
    }

    private static bool HasEvent(ControllerPage page, int second) => (page.EventSeconds[second >> 6] >> (second & 63) & 1) != 0;
}
