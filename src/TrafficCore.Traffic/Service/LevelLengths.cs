namespace TrafficCore.Traffic.Service;

/// <summary>Length of a road network by level of GB/T 33171, in decimetres.</summary>
/// <param name="Free">Level 1.</param>
/// <param name="MostlyFree">Level 2.</param>
/// <param name="Light">Level 3, lightly congested.</param>
/// <param name="Moderate">Level 4, moderately congested.</param>
/// <param name="Severe">Level 5, severely congested.</param>
public readonly record struct LevelLengths(long Free, long MostlyFree, long Light, long Moderate, long Severe)
{
    /// <summary>Levels there are.</summary>
    public const int Levels = 5;

    /// <summary>Sum of all levels.</summary>
    public long Total => Free + MostlyFree + Light + Moderate + Severe;

    /// <summary>What the standard calls congested: levels 3 to 5.</summary>
    public long Congested => Light + Moderate + Severe;

    /// <summary>Length at a level, 1..5.</summary>
    public long At(int level) => level switch
    {
        1 => Free,
        2 => MostlyFree,
        3 => Light,
        4 => Moderate,
        5 => Severe,
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };

    /// <summary>Share of the total at a level, 0..1.</summary>
    public double Share(int level) => At(level) / (double)Total;

    /// <summary>The same with more length at a level, 1..5.</summary>
    public LevelLengths Plus(int level, long length) => level switch
    {
        1 => this with { Free = Free + length },
        2 => this with { MostlyFree = MostlyFree + length },
        3 => this with { Light = Light + length },
        4 => this with { Moderate = Moderate + length },
        5 => this with { Severe = Severe + length },
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };
}
