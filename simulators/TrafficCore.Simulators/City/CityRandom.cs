namespace TrafficCore.Simulators.City;

/// <summary>SplitMix64: tiny, and the same numbers on every runtime, which <see cref="Random"/> does not promise.</summary>
internal struct CityRandom
{
    private ulong _state;

    public CityRandom(ulong seed) => _state = seed;

    /// <summary>An independent stream for one part of the city, so that parts may be stepped in any order.</summary>
    public static CityRandom For(int seed, int part)
    {
        var root = new CityRandom(((ulong)(uint)seed << 32) | (uint)part);
        return new CityRandom(root.Next());
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

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + (NextDouble() * (high - low));

    /// <summary>A Poisson number by Knuth's product method; the means here are far below 10.</summary>
    public int Poisson(double mean)
    {
        var limit = Math.Exp(-mean);
        var product = NextDouble();
        var count = 0;
        while (product > limit)
        {
            product *= NextDouble();
            count++;
        }

        return count;
    }
}
