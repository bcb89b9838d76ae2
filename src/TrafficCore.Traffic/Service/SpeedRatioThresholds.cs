namespace TrafficCore.Traffic.Service;

/// <summary>The limits between levels of service as shares of free-flow speed, in 0.001; a level needs more than its limit.</summary>
/// <param name="A">Above it: A.</param>
/// <param name="B">Above it: B.</param>
/// <param name="C">Above it: C.</param>
/// <param name="D">Above it: D.</param>
/// <param name="E">Above it: E; else F.</param>
public sealed record SpeedRatioThresholds(int A, int B, int C, int D, int E)
{
    /// <summary>HCM 7 Exhibit 18-1 as ratios. HCM 2010 has 0.85 for A: hence a parameter and not a constant.</summary>
    public static SpeedRatioThresholds Hcm7 { get; } = new(800, 670, 500, 400, 300);
}
