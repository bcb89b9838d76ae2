namespace TrafficCore.Traffic.Service;

/// <summary>Level of service of an urban street by speed: 1 (A) .. 6 (F).</summary>
/// <remarks>It says how traffic moves where it is measured. It is no signal delay; see the method stored beside it.</remarks>
public static class LevelOfService
{
    /// <summary>Name of the method, stored with every level.</summary>
    public const string SpeedRatioMethod = "speed-ratio";

    /// <summary>The level and the ratio of a volume-weighted mean speed; both null when speed or free-flow speed is unknown.</summary>
    /// <param name="speedWeighted">Sum of speed (0.01 km/h) x vehicles.</param>
    /// <param name="vehicles">Vehicles in that sum.</param>
    /// <param name="freeFlowCenti">Free-flow speed in 0.01 km/h.</param>
    /// <param name="thresholds">Limits between the levels.</param>
    public static (int? Level, int? RatioMilli) BySpeed(long speedWeighted, long vehicles, int? freeFlowCenti, SpeedRatioThresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        if (vehicles <= 0 || freeFlowCenti is not > 0)
        {
            return (null, null);
        }

        // Levels are compared exactly, in integers: 20.0 of 40 mph is D, not C, because C needs more than half.
        Int128 speed = (Int128)speedWeighted * 1000;
        Int128 free = (Int128)vehicles * freeFlowCenti.Value;
        int level = speed > thresholds.A * free ? 1
            : speed > thresholds.B * free ? 2
            : speed > thresholds.C * free ? 3
            : speed > thresholds.D * free ? 4
            : speed > thresholds.E * free ? 5
            : 6;
        return (level, (int)Int128.Min(int.MaxValue, ((speed * 2) + free) / (free * 2)));
    }

    /// <summary>The level of an intersection: the worst of its approaches that have one.</summary>
    public static int? Worst(int? left, int? right) => left is null ? right : right is null ? left : Math.Max(left.Value, right.Value);
}
