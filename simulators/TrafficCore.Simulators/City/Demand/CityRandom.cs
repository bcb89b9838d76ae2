namespace TrafficCore.Simulators.City.Demand;

/// <summary>What a stream of random numbers decides; streams of different uses never share numbers.</summary>
internal enum RandomUse
{
    /// <summary>Where things stand.</summary>
    Layout,

    /// <summary>How strong flows are and where they turn.</summary>
    Flows,

    /// <summary>When vehicles enter.</summary>
    Arrivals,

    /// <summary>What enters and where it goes.</summary>
    Vehicles,

    /// <summary>When devices send.</summary>
    Sending,

    /// <summary>What faults do.</summary>
    Faults,
}

/// <summary>
/// SplitMix64: tiny, and the same numbers on every runtime, which <see cref="Random"/> does not promise. Integers only, so that no
/// machine's floating point can tell a different story.
/// </summary>
internal struct CityRandom
{
    /// <summary>Bits behind the point of fixed-point results.</summary>
    public const int FractionBits = 24;

    private const uint FractionMask = (1u << FractionBits) - 1;

    private ulong _state;

    public CityRandom(ulong seed) => _state = seed;

    /// <summary>An independent stream for one part of the city, so that parts may be stepped in any order.</summary>
    public static CityRandom For(int seed, RandomUse use, int part)
    {
        var root = new CityRandom(((ulong)(uint)seed << 32) | (uint)part);
        var stream = new CityRandom(root.Next() + (ulong)use);
        return new CityRandom(stream.Next());
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        // Constants of Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in 0..<paramref name="bound"/> - 1; the bias is below <paramref name="bound"/> / 2^32.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>Uniform in <paramref name="low"/>..<paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True with the given chance in 1,000,000.</summary>
    public bool Chance(int perMillion) => Below(1_000_000) < perMillion;

    /// <summary>
    /// Exponential with mean 1, in 2^-24. Von Neumann's comparison method (Various techniques used in connection with random
    /// digits, 1951): exact, and free of logarithms, whose last digit differs between machines.
    /// </summary>
    public long Exponential()
    {
        for (long whole = 0; ; whole++)
        {
            var first = (uint)(Next() & FractionMask);
            var length = 1;
            for (uint last = first, next = (uint)(Next() & FractionMask); next <= last; next = (uint)(Next() & FractionMask))
            {
                last = next;
                length++;
            }

            if ((length & 1) == 1)
            {
                return (whole << FractionBits) + first;
            }
        }
    }

    /// <summary>Geometric from 1 with the given mean, at most 64.</summary>
    public int Geometric(int mean)
    {
        var count = 1;
        while (count < 64 && Below(mean) != 0)
        {
            count++;
        }

        return count;
    }

    /// <summary>Bell-shaped around 0 with the given standard deviation, within about 3.5 of it: the sum of twelve uniform numbers.</summary>
    public int Bell(int deviation)
    {
        var sum = 0L;
        for (var i = 0; i < 12; i++)
        {
            sum += Below(2001) - 1000;
        }

        // A uniform number on -1000..1000 has a deviation of 577.6; twelve of them have 2000.9.
        return (int)(sum * deviation / 2001);
    }
}
