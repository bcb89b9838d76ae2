namespace TrafficCore.LoadBench;

/// <summary>Exact quantiles of what was kept one by one.</summary>
internal static class Quantile
{
    /// <summary>The smallest value that at least this share of all are no greater than; of nothing, NaN.</summary>
    public static double Of(IEnumerable<float> values, double share) => Of(values.Select(static v => (double)v), share);

    /// <summary>The smallest value that at least this share of all are no greater than; of nothing, NaN.</summary>
    public static double Of(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
