namespace TrafficCore.Simulators.City.Signals;

/// <summary>A running signal: rings that serve their phases, by plan or by demand.</summary>
/// <remarks>
/// Ownership: one intersection steps it. Its lamps change at any tenth of a second; an actuated controller decides once a step, from
/// what its detectors felt until then.
/// </remarks>
internal sealed class SignalState
{
    private readonly SignalPlan _plan;
    private readonly ControllerLog? _log;
    private readonly PhaseState[] _phases;
    private readonly RingState[] _rings;
    private readonly ActuatedControl? _actuated;

    /// <param name="plan">Its timing.</param>
    /// <param name="log">Takes events; null: nobody reads them.</param>
    public SignalState(SignalPlan plan, ControllerLog? log)
    {
        (_plan, _log) = (plan, log);
        _phases = [.. plan.Phases.Select(p => new PhaseState(p, Start(p)))];
        _rings = [.. _phases.GroupBy(static p => p.Plan.Ring).Select(g => new RingState([.. g], plan.Control == SignalControl.Fixed, log))];
        _actuated = plan.Control == SignalControl.Actuated ? new ActuatedControl(_phases, _rings, log) : null;
        log?.Add(0, EventCode.PatternChange, 1);
        if (_actuated is null)
        {
            BeginByPlan();
        }
    }

    /// <summary>Phases in the order of the plan.</summary>
    public IReadOnlyList<PhaseState> Phases => _phases;

    /// <summary>A detector of a phase's lanes feels a vehicle at that moment.</summary>
    public void Feel(PhaseState phase, long at)
    {
        if (phase.Feel(at) && _actuated is not null)
        {
            _log?.Add(at, EventCode.CallRegistered, phase.Plan.Number);
        }
    }

    /// <summary>Goes through everything that happens in [from, until).</summary>
    public void Step(long from, long until)
    {
        _actuated?.Decide(from, until);
        foreach (var ring in _rings)
        {
            while (ring.Next < until)
            {
                ring.Advance();
                if (_actuated is null && ring.Interval == RingInterval.Yellow)
                {
                    AimByPlan(ring);
                }
            }
        }
    }

    /// <summary>Fixed control begins inside a cycle as if it had always run: what is on at time 0 began before.</summary>
    private void BeginByPlan()
    {
        foreach (var ring in _rings)
        {
            ring.Aim(ring.Phases[0], _plan.Offset - _plan.Cycle + ring.Phases[0].Start);
        }
    }

    private void AimByPlan(RingState ring)
    {
        var (current, next) = (ring.Current!, ring.Following);
        var wait = next.Start - current.Start;
        ring.Aim(next, current.GreenFrom + (wait > 0 ? wait : wait + _plan.Cycle));
    }

    /// <summary>When in the cycle a phase begins: after the groups before its own and the phases before it in its ring.</summary>
    private int Start(PhasePlan phase)
    {
        var groupsBefore = _plan.Phases.Where(p => p.Group < phase.Group).GroupBy(static p => (p.Group, p.Ring))
            .GroupBy(static ring => ring.Key.Group).Sum(static group => group.Max(static ring => ring.Sum(static p => p.Split)));
        return groupsBefore + _plan.Phases.Where(p => p.Group == phase.Group && p.Ring == phase.Ring && p.Number < phase.Number).Sum(static p => p.Split);
    }
}
