namespace TrafficCore.Simulators.City.Demand;

/// <summary>How vehicles that enter are spaced.</summary>
internal enum ArrivalPattern
{
    /// <summary>At random, independent of each other.</summary>
    Poisson,

    /// <summary>In bunches that follow at <see cref="ArrivalProcess.PlatoonHeadway"/>, as behind a signal further out.</summary>
    Platoon,

    /// <summary>Evenly: what deterministic queueing formulas assume.</summary>
    Uniform,
}

/// <summary>
/// When vehicles enter at one place. The demand is integrated over time in vehicles; a vehicle enters whenever the integral passes
/// the next threshold, so a demand that changes with time keeps its pattern (time rescaling of an inhomogeneous process).
/// </summary>
/// <remarks>Ownership: one approach.</remarks>
internal struct ArrivalProcess
{
    /// <summary>Milliseconds between the vehicles of a bunch: about the discharge headway of a signal.</summary>
    public const int PlatoonHeadway = 2100;

    /// <summary>Vehicles in a bunch on average: what a cycle of a medium road releases in a lane.</summary>
    public const int PlatoonMean = 8;

    private const long One = 1L << CityRandom.FractionBits;

    private readonly ArrivalPattern _pattern;
    private CityRandom _random;
    private long _integral;
    private long _threshold;
    private int _following;
    private long _followAt;

    public ArrivalProcess(ArrivalPattern pattern, CityRandom random)
    {
        _pattern = pattern;
        _random = random;
        _threshold = Step();
    }

    /// <summary>
    /// Lists the entries in [from, until) at the given flow into <paramref name="times"/>; returns how many. What does not fit into
    /// the list comes at the next call.
    /// </summary>
    /// <param name="from">Begin, ms.</param>
    /// <param name="until">End, ms.</param>
    /// <param name="milliPerHour">Flow in 0.001 veh/h.</param>
    /// <param name="times">Takes the times, ascending.</param>
    public int Take(long from, long until, long milliPerHour, Span<long> times)
    {
        var count = 0;
        var before = _integral;
        var grown = (long)((Int128)milliPerHour * (until - from) * One / 3_600_000_000);
        _integral += grown;
        while (count < times.Length)
        {
            if (_following > 0 && _followAt < until)
            {
                times[count++] = Math.Max(from, _followAt);
                _following--;
                _followAt += PlatoonHeadway;
            }
            else if (_threshold <= _integral)
            {
                var at = Math.Min(until - 1, from + (grown == 0 ? 0 : (long)((Int128)Math.Max(0, _threshold - before) * (until - from) / grown)));
                Pass(at, times, ref count);
            }
            else
            {
                break;
            }
        }

        // Times of a new bunch and of one that still follows may cross.
        times[..count].Sort();
        return count;
    }

    private void Pass(long at, Span<long> times, ref int count)
    {
        _threshold += Step();
        times[count++] = at;
        if (_pattern == ArrivalPattern.Platoon)
        {
            // A bunch that catches up with the one before it lengthens it.
            _followAt = _following > 0 ? _followAt : at + PlatoonHeadway;
            _following += _random.Geometric(PlatoonMean) - 1;
        }
    }

    private long Step() => _pattern switch
    {
        ArrivalPattern.Uniform => One,
        ArrivalPattern.Platoon => _random.Exponential() * PlatoonMean,
        _ => _random.Exponential(),
    };
}
