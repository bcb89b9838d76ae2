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
    public static int Ms(ControllerPage page, BatchRuns batches, long pageStart, long startMs, long lengthMs)
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

        return (alive - InHoles(page, batches, pageStart / 1000, first, end)) * 1000;
    }

    /// <summary>Seconds of holes that the events before them would count as alive.</summary>
    private static int InHoles(ControllerPage page, BatchRuns batches, long pageSecond, int first, int end)
    {
        int lost = 0;
        int run = Math.Max(0, batches.FindAt(((pageSecond + first - Seconds) * 1000) - 1));
        for (; run < batches.Count; run++)
        {
            bool isHole = batches.HasHole(run, out long after, out long until);
            int from = (int)Math.Max(first, Math.Min(end, PageMath.FloorDivide(after, 1000) + 1 - pageSecond));
            int to = (int)Math.Max(first, Math.Min(end, PageMath.FloorDivide(until, 1000) - pageSecond));
            if (from >= end)
            {
                break;
            }

            for (int second = from; isHole && second < to; second++)
            {
                lost += !HasEvent(page, second) && second - LastEvent(page, second) < Seconds ? 1 : 0;
            }
        }

        return lost;
    }

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
