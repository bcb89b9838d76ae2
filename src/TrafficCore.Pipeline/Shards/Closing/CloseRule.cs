namespace TrafficCore.Pipeline.Shards;

/// <summary>Up to which end windows of one length may be published now: the contract's rules (i), (ii) and (iii).</summary>
internal static class CloseRule
{
    public const long Nothing = long.MinValue;

    /// <summary>Whether a look can find anything. True costs a look at every device, so it must be false as a rule.</summary>
    public static bool MayClose(IntersectionState state, LengthState length, ShardContext context)
    {
        if (length.Open.Count == 0)
        {
            return false;
        }

        if (context.ElapsedMs - length.LastSentMs >= context.Options.IdleTimeoutMs)
        {
            return true;
        }

        long end = length.Open.First + length.Length;
        if (end > Math.Min(length.Highest, context.ReceivedMs))
        {
            return false;
        }

        // Somebody passed, somebody did not: nothing changes before that one does, a holder falls out, or H is over.
        return length.Laggard == LengthState.NoLaggard || end != length.HeldEnd || context.ElapsedMs >= length.LookAgainMs
            || state.Device(length.Laggard).Watermark >= end;
    }

    /// <summary>When <see cref="MayClose"/> can be true next, if nothing is sent until then.</summary>
    public static TickDue NextChance(LengthState length, ShardContext context)
    {
        if (length.Open.Count == 0)
        {
            return TickDue.Never;
        }

        long idle = length.LastSentMs + context.Options.IdleTimeoutMs;
        long end = length.Open.First + length.Length;
        if (end > length.Highest)
        {
            return new TickDue(long.MaxValue, idle);
        }

        if (end > context.ReceivedMs)
        {
            return new TickDue(end, idle);
        }

        return length.Laggard == LengthState.NoLaggard || end != length.HeldEnd
            ? TickDue.Always
            : new TickDue(long.MaxValue, Math.Min(idle, length.LookAgainMs));
    }

    /// <summary>The highest end that may be published, or <see cref="Nothing"/>.</summary>
    public static long Look(IntersectionState state, LengthState length, ShardContext context)
    {
        var holders = new Holders(state, length, context);
        long closable = Nothing;
        if (holders.Laggard >= 0)
        {
            closable = Math.Min(holders.LowestWatermark, context.ReceivedMs);
        }

        closable = Math.Max(closable, length.Passes.PassedBy(context.ElapsedMs - holders.HoldMs));
        if (context.ElapsedMs - length.LastSentMs >= holders.HoldMs)
        {
            closable = Math.Max(closable, context.ReceivedMs - 1);
        }

        return closable;
    }

    /// <summary>After a look that left windows open: remembers why, so that the next looks are cheap.</summary>
    public static void Remember(IntersectionState state, LengthState length, ShardContext context)
    {
        length.Laggard = LengthState.NoLaggard;
        if (length.Open.Count == 0)
        {
            return;
        }

        var holders = new Holders(state, length, context);
        long end = length.Open.First + length.Length;
        long passed = length.Passes.WhenPassed(end);
        if (holders.Laggard >= 0 && holders.LowestWatermark < end && passed is > long.MinValue and < long.MaxValue)
        {
            length.HeldEnd = end;
            length.Laggard = holders.Laggard;
            length.LookAgainMs = Math.Min(passed + holders.HoldMs, holders.FirstExpiryMs);
        }
    }

    /// <summary>The devices that windows of a length wait for.</summary>
    private readonly ref struct Holders
    {
        public Holders(IntersectionState state, LengthState length, ShardContext context)
        {
            long idle = context.Options.IdleTimeoutMs;
            Laggard = -1;
            LowestWatermark = long.MaxValue;
            FirstExpiryMs = long.MaxValue;
            long longest = 0;
            ReadOnlySpan<DeviceState> devices = state.Devices;
            for (int i = 0; i < devices.Length; i++)
            {
                ref readonly DeviceState device = ref devices[i];
                long live = Math.Max(2L * device.Interval, idle);
                if (!device.Heard || context.ElapsedMs - device.HeardMs > live || !IntersectionState.IsRelevant(in device, length.Length))
                {
                    continue;
                }

                longest = Math.Max(longest, device.Interval);
                FirstExpiryMs = Math.Min(FirstExpiryMs, device.HeardMs + live + 1);
                if (Laggard < 0 || device.Watermark < LowestWatermark)
                {
                    Laggard = i;
                    LowestWatermark = device.Watermark;
                }
            }

            HoldMs = Math.Max(2 * longest, idle);
        }

        /// <summary>The holder that is furthest behind; -1 without holders.</summary>
        public int Laggard { get; }

        public long LowestWatermark { get; }

        /// <summary>When the first of them stops to be one.</summary>
        public long FirstExpiryMs { get; }

        /// <summary>H.</summary>
        public long HoldMs { get; }
    }
}
