namespace TrafficCore.Simulators.City;

/// <summary>
/// The living city: steps all lanes by one counting interval and says what each detector counted. Depends on nothing but
/// its plan, so the same seed gives the same readings however fast it is stepped.
/// </summary>
/// <remarks>Ownership: one loop steps and reads it.</remarks>
internal sealed class CityModel
{
    private readonly CityPlan _plan;
    private readonly LaneState[][][] _lanes;
    private long _step;

    public CityModel(CityPlan plan)
    {
        _plan = plan;
        var part = 0;
        _lanes = [.. plan.Intersections.Select(i => i.Approaches.Select(
            a => a.Detectors.Select(_ => new LaneState(CityRandom.For(plan.Options.Seed, ++part))).ToArray()).ToArray())];
    }

    /// <summary>Whether the current interval is in the rush.</summary>
    public bool IsRush => IsRushAt(_step * _plan.Options.Interval.TotalSeconds);

    /// <summary>Vehicles that ever crossed a detector.</summary>
    public long Crossed => _lanes.Sum(static i => i.Sum(static a => a.Sum(static l => l.Crossed)));

    /// <summary>Vehicles that ever crossed one intersection's detectors.</summary>
    public long CrossedAt(int intersection) => _lanes[intersection].Sum(static a => a.Sum(static l => l.Crossed));

    /// <summary>Vehicles that wait on one approach.</summary>
    public int QueueAt(int intersection, int approach) => _lanes[intersection][approach].Sum(static l => l.Queue);

    /// <summary>Moves on by one interval and hands out every detector's reading.</summary>
    public void Step(CityReadingHandler onReading)
    {
        var options = _plan.Options;
        var seconds = options.Interval.TotalSeconds;
        var now = _step * seconds;
        for (var i = 0; i < _lanes.Length; i++)
        {
            var intersection = _plan.Intersections[i];
            for (var a = 0; a < _lanes[i].Length; a++)
            {
                var approach = intersection.Approaches[a];
                var demand = approach.HasRush && IsRushAt(now) ? options.RushDemand : options.CalmDemand;
                var green = GreenShare(now, seconds, options.Cycle.TotalSeconds, first: approach.Phase == 2);
                for (var lane = 0; lane < approach.Detectors.Count; lane++)
                {
                    var reading = _lanes[i][a][lane].Step(seconds, demand, options.SaturationFlow, green);
                    onReading(i, approach.Detectors[lane], _step, reading);
                }
            }
        }

        _step++;
    }

    private bool IsRushAt(double seconds)
    {
        var inDay = seconds % _plan.Options.Day.TotalSeconds - _plan.Options.RushStart.TotalSeconds;
        return inDay >= 0 && inDay < _plan.Options.RushLength.TotalSeconds;
    }

    /// <summary>Share of [now, now + seconds) in which a direction has green; the first one has the first half of each cycle.</summary>
    internal static double GreenShare(double now, double seconds, double cycle, bool first)
    {
        var green = GreenUntil(now + seconds, cycle) - GreenUntil(now, cycle);
        return (first ? green : seconds - green) / seconds;
    }

    private static double GreenUntil(double time, double cycle)
    {
        var cycles = Math.Floor(time / cycle);
        return (cycles * cycle / 2) + Math.Min(time - (cycles * cycle), cycle / 2);
    }
}

/// <summary>Takes one detector's reading of one step.</summary>
/// <param name="intersection">Index into the plan.</param>
/// <param name="detector">Which detector.</param>
/// <param name="step">Number of the interval, from 0.</param>
/// <param name="reading">What it counted.</param>
internal delegate void CityReadingHandler(int intersection, CityDetector detector, long step, LaneReading reading);
