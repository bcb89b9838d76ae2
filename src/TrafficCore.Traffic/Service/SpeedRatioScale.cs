namespace TrafficCore.Traffic.Service;

/// <summary>A method that judges by average speed as a share of free-flow speed: its name, and the limits between its levels. Immutable.</summary>
public sealed class SpeedRatioScale
{
    // What the one method of an earlier release was called in its rows: HCM 7 by speed ratio.
    private const string EarlierName = "speed-ratio";

    private readonly int[] _limitsMilli;

    private SpeedRatioScale(string method, params int[] limitsMilli) => (Method, _limitsMilli) = (method, limitsMilli);

    /// <summary>
    /// GB/T 33171-2016: 1 unobstructed, 2 mostly unobstructed, 3 lightly, 4 moderately, 5 severely congested. The limits are from two independent
    /// programs that implement the standard; its text could not be read.
    /// </summary>
    public static SpeedRatioScale Gbt33171 { get; } = new("gbt33171-speed-ratio", 700, 500, 400, 300);

    /// <summary>HCM 7 Exhibit 18-1 as ratios, A to F. HCM 2010 has 0.85 for A.</summary>
    public static SpeedRatioScale Hcm7 { get; } = new("hcm7-speed-ratio", 800, 670, 500, 400, 300);

    /// <summary>Name of the method, stored with every level.</summary>
    public string Method { get; }

    /// <summary>How many levels it has, from 1, the best.</summary>
    public int Levels => _limitsMilli.Length + 1;

    /// <summary>The scale of a stored name; null when the name is of another method.</summary>
    public static SpeedRatioScale? Find(string? method) =>
        method == Gbt33171.Method ? Gbt33171
        : method == Hcm7.Method || method == EarlierName ? Hcm7
        : null;

    /// <summary>The name that a stored method has now.</summary>
    public static string NameOf(string stored) => Find(stored)?.Method ?? stored;

    /// <summary>
    /// Judges a volume-weighted mean speed; null when it or the free-flow speed is unknown. Compared exactly: a level needs more than its limit, so
    /// 20.0 of 40 mph is HCM's D and not C.
    /// </summary>
    /// <param name="speedWeighted">Sum of speed (0.01 km/h) x vehicles.</param>
    /// <param name="freeFlowWeighted">Sum of free-flow speed (0.01 km/h) x the same vehicles; 0 when unknown.</param>
    public ServiceJudgement? Judge(long speedWeighted, Int128 freeFlowWeighted)
    {
        if (freeFlowWeighted <= 0)
        {
            return null;
        }

        int level = 1;
        while (level < Levels && (Int128)speedWeighted * 1000 <= _limitsMilli[level - 1] * freeFlowWeighted)
        {
            level++;
        }

        Int128 ratio = (((Int128)speedWeighted * 2000) + freeFlowWeighted) / (freeFlowWeighted * 2);
        return new ServiceJudgement(level, Method, (int)Int128.Min(int.MaxValue, ratio));
    }
}
