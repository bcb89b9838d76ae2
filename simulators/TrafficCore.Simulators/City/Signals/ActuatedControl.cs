namespace TrafficCore.Simulators.City.Signals;

/// <summary>
/// Decides when the greens of an actuated signal end and what comes next: minimum green, then as long as vehicles follow within the
/// passage time, at most the maximum green once somebody else waits; rings cross a barrier together.
/// </summary>
/// <remarks>Ownership: its <see cref="SignalState"/>.</remarks>
internal sealed class ActuatedControl
{
    private readonly PhaseState[] _phases;
    private readonly RingState[] _rings;
    private readonly ControllerLog? _log;
    private readonly int[] _groups;
    private int _group;

    public ActuatedControl(PhaseState[] phases, RingState[] rings, ControllerLog? log)
    {
        (_phases, _rings, _log) = (phases, rings, log);
        _groups = [.. phases.Select(static p => p.Plan.Group).Distinct().Order()];
        _group = _groups[0];
        foreach (var ring in rings)
        {
            Aim(ring, _group, 0);
        }
    }

    /// <summary>Ends what has to end now; the next decision is at <paramref name="until"/>.</summary>
    public void Decide(long now, long until)
    {
        var isReady = true;
        foreach (var ring in _rings)
        {
            LogMinComplete(ring, until);
            isReady &= DecideInGroup(ring, now);
        }

        if (isReady && NextGroup() is var group and >= 0)
        {
            Cross(group, now);
        }
    }

    /// <summary>Minimum green cannot be cut short, so its end is known before it comes.</summary>
    private void LogMinComplete(RingState ring, long until)
    {
        if (ring is { Interval: RingInterval.Green, Current: { MinLogged: false } phase } && phase.GreenFrom + phase.Plan.MinGreen < until)
        {
            phase.MinLogged = true;
            _log?.Add(phase.GreenFrom + phase.Plan.MinGreen, EventCode.MinComplete, phase.Plan.Number);
        }
    }

    /// <summary>Goes on to a phase this side of the barrier if it may; true when the ring is ready to cross.</summary>
    private bool DecideInGroup(RingState ring, long now)
    {
        if (ring.Interval != RingInterval.Green)
        {
            // A ring that has nothing in this group waits at the barrier; one between two phases holds the other up.
            return ring is { Interval: RingInterval.Red, Target: null };
        }

        if (ReasonToEnd(ring.Current!, now) is not { } reason)
        {
            return false;
        }

        if (NextInGroup(ring) is not { } next)
        {
            return true;
        }

        ring.End(now, reason);
        ring.Aim(next, ring.RedAfter(now));
        return false;
    }

    /// <summary>Why the green may end, as an event code; null while it may not.</summary>
    private short? ReasonToEnd(PhaseState phase, long now)
    {
        if (phase.ConflictSince == long.MaxValue && HasConflict(phase))
        {
            phase.ConflictSince = now;
            _log?.Add(now, EventCode.PhaseCheck, phase.Plan.Number);
        }

        if (now - phase.GreenFrom < phase.Plan.MinGreen)
        {
            return null;
        }

        return phase.ConflictSince == long.MaxValue ? null
            : IsGappedOut(phase, now) ? EventCode.GapOut
            : now - phase.ConflictSince >= phase.Plan.MaxGreen ? EventCode.MaxOut
            : null;
    }

    private static bool IsGappedOut(PhaseState phase, long now) => now - phase.LastPresence >= phase.Plan.Passage;

    private bool HasConflict(PhaseState phase)
    {
        foreach (var other in _phases)
        {
            if (other.WantsGreen && !other.RunsWith(phase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The next phase of the ring this side of the barrier that wants green; one that was passed by only when nobody waits on
    /// the other side, because the order of service would not come back to it.
    /// </summary>
    private PhaseState? NextInGroup(RingState ring)
    {
        var current = ring.Current!.Plan;
        PhaseState? passed = null;
        foreach (var phase in ring.Phases)
        {
            if (phase.Plan.Group == current.Group && phase.WantsGreen)
            {
                if (phase.Plan.Number > current.Number)
                {
                    return phase;
                }

                passed ??= phase;
            }
        }

        return NextGroup() < 0 ? passed : null;
    }

    /// <summary>The next group, in cyclic order, in which somebody wants green; -1 when nobody does.</summary>
    private int NextGroup()
    {
        var at = Array.IndexOf(_groups, _group);
        for (var i = 1; i < _groups.Length; i++)
        {
            var group = _groups[(at + i) % _groups.Length];
            foreach (var phase in _phases)
            {
                if (phase.Plan.Group == group && phase.WantsGreen)
                {
                    return group;
                }
            }
        }

        return -1;
    }

    /// <summary>All rings cross the barrier together.</summary>
    private void Cross(int group, long now)
    {
        var begin = now;
        foreach (var ring in _rings)
        {
            if (ring.Interval == RingInterval.Green)
            {
                begin = Math.Max(begin, ring.RedAfter(now));
                ring.End(now, IsGappedOut(ring.Current!, now) ? EventCode.GapOut : EventCode.MaxOut);
            }
        }

        _group = group;
        foreach (var ring in _rings)
        {
            Aim(ring, group, begin);
        }
    }

    /// <summary>
    /// The first phase of a group that wants green. Dual entry: a ring in which nobody waits serves its last phase, so that both
    /// directions of a street go together.
    /// </summary>
    private static void Aim(RingState ring, int group, long at)
    {
        PhaseState? target = null;
        foreach (var phase in ring.Phases)
        {
            if (phase.Plan.Group == group && target is not { WantsGreen: true })
            {
                target = phase;
            }
        }

        if (target is null)
        {
            ring.Rest();
        }
        else
        {
            ring.Aim(target, at);
        }
    }
}
