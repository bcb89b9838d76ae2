namespace TrafficCore.Simulators.City.Signals;

/// <summary>One phase of a running signal.</summary>
/// <remarks>Ownership: its <see cref="SignalState"/>; lanes read when they may go and tell when somebody is there.</remarks>
internal sealed class PhaseState
{
    /// <summary>Start-up lost time at the head of a queue and use of the yellow: 2 s each are the HCM's defaults, so effective green is as long as green.</summary>
    public const int StartUpLost = 2_000;

    /// <inheritdoc cref="StartUpLost"/>
    public const int YellowUsed = 2_000;

    public PhaseState(PhasePlan plan, int start) => (Plan, Start) = (plan, start);

    public PhasePlan Plan { get; }

    /// <summary>When in the cycle it begins under fixed control.</summary>
    public int Start { get; }

    /// <summary>When the last green began; never: far in the past.</summary>
    public long GreenFrom { get; private set; } = long.MinValue / 2;

    /// <summary>Until when vehicles go: the end of green and what they use of the yellow; <see cref="long.MaxValue"/> while the end is open.</summary>
    public long GoUntil { get; private set; } = long.MinValue / 2;

    /// <summary>Whether it shows green.</summary>
    public bool IsGreen { get; private set; }

    /// <summary>Last moment at which a detector of its lanes felt a vehicle.</summary>
    public long LastPresence { get; private set; } = long.MinValue / 2;

    /// <summary>Since when another phase waits for this green to end; <see cref="long.MaxValue"/>: none does.</summary>
    public long ConflictSince { get; set; } = long.MaxValue;

    /// <summary>Whether the end of minimum green has been logged.</summary>
    public bool MinLogged { get; set; }

    /// <summary>Whether somebody has asked for green since the last one; kept until served.</summary>
    public bool IsCalled { get; private set; }

    /// <summary>Whether it is served without being asked: nothing detects its vehicles.</summary>
    public bool IsRecalled { get; set; }

    /// <summary>Whether it wants green.</summary>
    public bool WantsGreen => !IsGreen && (IsCalled || IsRecalled);

    /// <summary>Whether both may be green together.</summary>
    public bool RunsWith(PhaseState other) => Plan.Group == other.Plan.Group && Plan.Ring != other.Plan.Ring;

    /// <summary>A detector felt a vehicle; true when that is a new call.</summary>
    public bool Feel(long at)
    {
        LastPresence = Math.Max(LastPresence, at);
        if (IsGreen || IsCalled)
        {
            return false;
        }

        IsCalled = true;
        return true;
    }

    /// <summary>Green begins; true when a call is served by it.</summary>
    public bool Begin(long at, long goUntil)
    {
        var served = IsCalled;
        (IsGreen, IsCalled, MinLogged) = (true, false, false);
        (GreenFrom, GoUntil, ConflictSince) = (at, goUntil, long.MaxValue);
        return served;
    }

    /// <summary>Green ends.</summary>
    public void End(long at)
    {
        IsGreen = false;
        GoUntil = at + Math.Min(YellowUsed, Plan.Yellow);
    }
}
