namespace TrafficCore.Simulators.City.Signals;

/// <summary>Where a ring stands between two greens.</summary>
internal enum RingInterval
{
    /// <summary>Nothing of it is on.</summary>
    Red,
    Green,
    Yellow,
    RedClearance,
}

/// <summary>One ring of a signal: serves one phase after the other.</summary>
/// <remarks>Ownership: its <see cref="SignalState"/>.</remarks>
internal sealed class RingState
{
    private readonly ControllerLog? _log;
    private readonly bool _endsByPlan;

    /// <param name="phases">Its phases in the order of service.</param>
    /// <param name="endsByPlan">Whether the end of green is known when it begins.</param>
    /// <param name="log">Takes events; null: nobody reads them.</param>
    public RingState(IReadOnlyList<PhaseState> phases, bool endsByPlan, ControllerLog? log) => (Phases, _endsByPlan, _log) = (phases, endsByPlan, log);

    public IReadOnlyList<PhaseState> Phases { get; }

    /// <summary>The phase that is on or was on last; null before the first.</summary>
    public PhaseState? Current { get; private set; }

    /// <summary>The phase to come; null: none is decided.</summary>
    public PhaseState? Target { get; private set; }

    public RingInterval Interval { get; private set; }

    /// <summary>When the target begins.</summary>
    public long TargetAt { get; private set; } = long.MaxValue;

    /// <summary>When the interval ends; <see cref="long.MaxValue"/>: not decided.</summary>
    public long Next { get; private set; } = long.MaxValue;

    /// <summary>Decides what comes after the present green, or out of red.</summary>
    public void Aim(PhaseState target, long at)
    {
        (Target, TargetAt) = (target, at);
        Next = Interval == RingInterval.Red ? at : Next;
    }

    /// <summary>Nothing of this ring comes next.</summary>
    public void Rest() => (Target, TargetAt) = (null, long.MaxValue);

    /// <summary>The phase after the present one in the order of service, over the barrier too.</summary>
    public PhaseState Following
    {
        get
        {
            for (var i = 0; i < Phases.Count; i++)
            {
                if (Phases[i] == Current)
                {
                    return Phases[(i + 1) % Phases.Count];
                }
            }

            return Phases[0];
        }
    }

    /// <summary>When red begins if green ended at the given moment.</summary>
    public long RedAfter(long end) => end + Current!.Plan.Yellow + Current.Plan.RedClearance;

    /// <summary>Ends green now, for the reason of the code.</summary>
    public void End(long at, short reason)
    {
        var phase = Current!;
        phase.End(at);
        Log(at, reason);
        Log(at, EventCode.GreenTermination);
        Log(at, EventCode.BeginYellow);
        (Interval, Next) = (RingInterval.Yellow, at + phase.Plan.Yellow);
    }

    /// <summary>Goes through what ends at <see cref="Next"/>; green that ends by plan ends as forced off.</summary>
    public void Advance()
    {
        var at = Next;
        switch (Interval)
        {
            case RingInterval.Green:
                End(at, EventCode.ForceOff);
                break;
            case RingInterval.Yellow:
                EndYellow(at);
                break;
            case RingInterval.RedClearance:
                Log(at, EventCode.EndRedClearance);
                BecomeRed(at);
                break;
            default:
                Begin(at);
                break;
        }
    }

    private void EndYellow(long at)
    {
        Log(at, EventCode.EndYellow);
        if (Current!.Plan.RedClearance == 0)
        {
            // Controllers without red clearance write neither its begin nor its end.
            BecomeRed(at);
            return;
        }

        Log(at, EventCode.BeginRedClearance);
        (Interval, Next) = (RingInterval.RedClearance, at + Current.Plan.RedClearance);
    }

    private void BecomeRed(long at)
    {
        Log(at, EventCode.PhaseInactive);
        (Interval, Next) = (RingInterval.Red, Target is null ? long.MaxValue : Math.Max(at, TargetAt));
    }

    private void Begin(long at)
    {
        var phase = Target!;
        (Current, Target, TargetAt, Interval) = (phase, null, long.MaxValue, RingInterval.Green);
        Next = _endsByPlan ? at + phase.Plan.Green : long.MaxValue;
        var served = phase.Begin(at, _endsByPlan ? Next + Math.Min(PhaseState.YellowUsed, phase.Plan.Yellow) : long.MaxValue);
        if (served && !_endsByPlan)
        {
            Log(at, EventCode.CallDropped);
        }

        Log(at, EventCode.PhaseOn);
        Log(at, EventCode.BeginGreen);
    }

    private void Log(long at, short code) => _log?.Add(at, code, Current!.Plan.Number);
}
