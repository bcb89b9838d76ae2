using System.Runtime.InteropServices;

namespace TrafficCore.Pipeline.Shards;

/// <summary>From when on a tick may have something to do: at a receive time or at an elapsed time, whichever comes first.</summary>
internal readonly record struct TickDue(long ReceivedMs, long ElapsedMs)
{
    public static readonly TickDue Always = new(long.MinValue, long.MinValue);

    public static readonly TickDue Never = new(long.MaxValue, long.MaxValue);

    public TickDue Or(TickDue other) => new(Math.Min(ReceivedMs, other.ReceivedMs), Math.Min(ElapsedMs, other.ElapsedMs));
}

/// <summary>
/// Which intersections a tick has to look at. Between two records of an intersection only time changes, and what waits for a time is known beforehand;
/// a look at each of ten thousand at every tick took 6 ms of every second.
/// </summary>
/// <remarks>Ownership: the shard loop. Not state: an intersection that is looked at without need is found unchanged.</remarks>
internal sealed class TickSchedule(ShardContext context)
{
    private readonly List<TickDue> _due = [];

    public void Add() => _due.Add(TickDue.Always);

    public bool IsDue(int place)
    {
        TickDue due = _due[place];
        return context.ReceivedMs >= due.ReceivedMs || context.ElapsedMs >= due.ElapsedMs;
    }

    /// <summary>The next tick looks at all.</summary>
    public void TouchAll() => CollectionsMarshal.AsSpan(_due).Fill(TickDue.Always);

    /// <summary>A record or a tick has changed what it can change now: notes when there is something to do again.</summary>
    public void Plan(IntersectionState state)
    {
        // Receive times step back as the clock is set, which is no harm: everything here waits for a time to be reached.
        var due = new TickDue(state.Pages.NextExpiryMs, long.MaxValue);
        foreach (LengthState length in state.Lengths)
        {
            due = due.Or(DueOf(length));
        }

        _due[state.Place] = due;
    }

    private TickDue DueOf(LengthState length)
    {
        if (length.Dirty.Count > 0)
        {
            return TickDue.Always;
        }

        // A device whose clock is ahead passes a border when that time comes.
        long border = length.Highest >= length.Passes.NextBorder ? length.Passes.NextBorder : long.MaxValue;
        long empty = length.EmptyNext == long.MaxValue ? long.MaxValue : length.EmptyNext + length.Length;
        return CloseRule.NextChance(length, context).Or(new TickDue(Math.Min(border, empty), long.MaxValue));
    }
}
