using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Signals;

/// <summary>
/// Makes a timing plan from the phases of a controller. Phases 1 to 8 are NEMA's: ring 1 has 1 to 4, ring 2 has 5 to 8, and the
/// barrier lies after 2 and 6 and after 4 and 8. Any other numbering is a sequence of stages in one ring.
/// </summary>
internal static class SignalPlanBuilder
{
    // Where the file is silent: the lower end of the usual 5 to 15 s, and the yellow of 50 km/h rounded up.
    private const int MinGreen = 5_000;
    private const int Yellow = 3_500;
    private const int RedClearance = 1_500;

    /// <summary>Typical unit extension, 2 to 4 s.</summary>
    private const int Passage = 3_000;

    /// <summary>Typical maximum green against a conflicting call.</summary>
    private const int MaxGreen = 40_000;

    /// <summary>The plan; null when no phase serves anybody.</summary>
    /// <param name="controller">Phases with their clearance times.</param>
    /// <param name="loads">Load of each phase that serves a lane: flow ratio of its busiest lane, in any unit.</param>
    /// <param name="control">Fixed or actuated.</param>
    /// <param name="cycle">Wanted cycle, ms; longer where minimum greens need it.</param>
    /// <param name="offset">Offset, ms.</param>
    public static SignalPlan? Build(Controller controller, IReadOnlyDictionary<int, int> loads, SignalControl control, int cycle, int offset)
    {
        var isNema = loads.Keys.All(static n => n is >= 1 and <= 8);
        PhasePlan[] phases = [.. loads.Keys
            .Select(number => Describe(number, controller.Phases.FirstOrDefault(p => p.Number == number), isNema))
            .OrderBy(static p => (p.Ring, p.Group, p.Number))];
        return phases.Length == 0 ? null : Split(phases, loads, control, cycle, offset);
    }

    private static PhasePlan Describe(int number, SignalPhase? site, bool isNema) => new()
    {
        Number = number,
        Ring = isNema && number > 4 ? 1 : 0,
        Group = !isNema ? number : number is 1 or 2 or 5 or 6 ? 0 : 1,
        MinGreen = Seconds(site?.MinGreen, MinGreen),
        MaxGreen = Math.Max(MaxGreen, Seconds(site?.MinGreen, MinGreen)),
        Passage = Passage,
        Yellow = Seconds(site?.Yellow, Yellow),
        RedClearance = Seconds(site?.RedClearance, RedClearance),
    };

    /// <summary>Whole tenths: the resolution of controllers and of their events.</summary>
    private static int Seconds(double? seconds, int usual) => seconds is { } s ? (int)Math.Round(s * 10) * 100 : usual;

    /// <summary>Gives each group, and in it each phase of a ring, time by its load (Webster's equal degrees of saturation) over its minimum.</summary>
    private static SignalPlan Split(PhasePlan[] phases, IReadOnlyDictionary<int, int> loads, SignalControl control, int cycle, int offset)
    {
        int[] groups = [.. phases.Select(static p => p.Group).Distinct().Order()];
        int Floor(IEnumerable<PhasePlan> some) => some.GroupBy(static p => p.Ring).Max(static r => r.Sum(Least));
        int Load(IEnumerable<PhasePlan> some) => some.GroupBy(static p => p.Ring).Max(r => r.Sum(p => loads[p.Number]));
        int[] floors = [.. groups.Select(g => Floor(phases.Where(p => p.Group == g)))];
        cycle = Math.Max(cycle, floors.Sum());
        var times = Share(cycle, floors, [.. groups.Select(g => Load(phases.Where(p => p.Group == g)))]);
        var split = new List<PhasePlan>();
        foreach (var ring in phases.GroupBy(static p => (p.Ring, p.Group)))
        {
            PhasePlan[] members = [.. ring];
            var parts = Share(times[Array.IndexOf(groups, ring.Key.Group)], [.. members.Select(Least)], [.. members.Select(p => loads[p.Number])]);
            split.AddRange(members.Select((p, i) => p with { Split = parts[i] }));
        }

        return new SignalPlan(control, cycle, offset % cycle, split);
    }

    private static int Least(PhasePlan phase) => ((phase.MinGreen + phase.Yellow + phase.RedClearance + 999) / 1000) * 1000;

    /// <summary>A total by load in whole seconds, but nobody gets less than its floor; what rounding leaves goes to the largest load.</summary>
    private static int[] Share(int total, int[] floors, int[] loads)
    {
        var isFloor = new bool[floors.Length];
        while (true)
        {
            int rest = total, load = 0;
            for (var i = 0; i < floors.Length; i++)
            {
                rest -= isFloor[i] ? floors[i] : 0;
                load += isFloor[i] ? 0 : loads[i];
            }

            int Part(int i) => isFloor[i] ? floors[i] : (int)((long)rest * loads[i] / Math.Max(1, load) / 1000 * 1000);
            var small = Enumerable.Range(0, floors.Length).FirstOrDefault(i => !isFloor[i] && Part(i) < floors[i], -1);
            if (small >= 0)
            {
                // Who is lifted to its floor takes from the others, which may then need theirs.
                isFloor[small] = true;
                continue;
            }

            int[] parts = [.. Enumerable.Range(0, floors.Length).Select(Part)];
            parts[Array.IndexOf(loads, loads.Max())] += total - parts.Sum();
            return parts;
        }
    }
}
