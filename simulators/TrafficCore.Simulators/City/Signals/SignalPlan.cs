namespace TrafficCore.Simulators.City.Signals;

/// <summary>How a controller works.</summary>
internal enum SignalControl
{
    /// <summary>Each phase has its split in every cycle, whether anybody waits or not.</summary>
    Fixed,

    /// <summary>Phases are served when they are called, and end when nobody comes any more.</summary>
    Actuated,
}

/// <summary>Timing of one intersection's signal: phases in rings that cross barriers together. Immutable; times in milliseconds.</summary>
/// <param name="Control">Fixed or actuated.</param>
/// <param name="Cycle">Cycle length of fixed control.</param>
/// <param name="Offset">When in the cycle of the whole city this one's begins.</param>
/// <param name="Phases">Phases in the order of ring, barrier and sequence.</param>
internal sealed record SignalPlan(SignalControl Control, int Cycle, int Offset, IReadOnlyList<PhasePlan> Phases)
{
    /// <summary>Index of a phase by its number; -1 when the plan does not have it.</summary>
    public int IndexOf(int number)
    {
        for (var i = 0; i < Phases.Count; i++)
        {
            if (Phases[i].Number == number)
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>Timing of one phase. Immutable; times in milliseconds.</summary>
internal sealed record PhasePlan
{
    /// <summary>Phase number, as in events and in the network file.</summary>
    public required int Number { get; init; }

    /// <summary>Ring 0 or 1: one phase of a ring at a time.</summary>
    public required int Ring { get; init; }

    /// <summary>Group between barriers: only phases of one group are on together.</summary>
    public required int Group { get; init; }

    /// <summary>Share of the cycle under fixed control: green, yellow and red clearance.</summary>
    public int Split { get; init; }

    /// <summary>Shortest green.</summary>
    public required int MinGreen { get; init; }

    /// <summary>Longest green against a waiting phase, actuated.</summary>
    public required int MaxGreen { get; init; }

    /// <summary>Gap after which an actuated green ends.</summary>
    public required int Passage { get; init; }

    /// <summary>Yellow change.</summary>
    public required int Yellow { get; init; }

    /// <summary>Red clearance.</summary>
    public required int RedClearance { get; init; }

    /// <summary>Green under fixed control.</summary>
    public int Green => Split - Yellow - RedClearance;
}
