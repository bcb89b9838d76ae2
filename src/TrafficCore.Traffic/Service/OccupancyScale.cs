namespace TrafficCore.Traffic.Service;

/// <summary>The method that judges by occupancy where no speed is known. Immutable.</summary>
/// <remarks>
/// It knows where traffic stands, not how fast it moves. At a stop bar standing is what red is for: see
/// <see cref="Network.Approach.CountsAwayFromStopBar"/>.
/// </remarks>
public sealed class OccupancyScale
{
    /// <summary>Name of the method, stored with every level.</summary>
    public const string Method = "occupancy";

    private readonly int[] _limitsMilli;

    /// <summary>Makes a scale.</summary>
    /// <param name="limitsMilli">The most that each level but the last may have, 0.001 percent, ascending.</param>
    public OccupancyScale(IEnumerable<int> limitsMilli) => _limitsMilli = [.. limitsMilli];

    /// <summary>
    /// For the five levels of GB/T 33171: below 10 % traffic is free, from 15 to 25 % near capacity, above 35 % congested. Usual figures for
    /// motorways, of no single source: cities may set their own.
    /// </summary>
    public static IReadOnlyList<double> FiveLevels { get; } = [10, 15, 25, 35];

    /// <summary>The same figures for the six levels of the HCM, the range near capacity cut in half.</summary>
    public static IReadOnlyList<double> SixLevels { get; } = [10, 15, 20, 25, 35];

    /// <summary>Judges a time-weighted mean occupancy; null when it is unknown.</summary>
    /// <param name="weighted">Sum of occupancy (0.001 percent) x ms.</param>
    /// <param name="milliseconds">Milliseconds in that sum.</param>
    public ServiceJudgement? Judge(long weighted, long milliseconds)
    {
        if (milliseconds <= 0)
        {
            return null;
        }

        int level = 1;
        while (level <= _limitsMilli.Length && weighted > (Int128)_limitsMilli[level - 1] * milliseconds)
        {
            level++;
        }

        return new ServiceJudgement(level, Method, null);
    }
}
