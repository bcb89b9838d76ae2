namespace TrafficCore.LoadBench.Growth;

/// <summary>Growth as lines, and as the table of the documentation.</summary>
internal static class GrowthTable
{
    /// <summary>One run.</summary>
    public static string Row(GrowthMeasurement m) => FormattableString.Invariant(
        $"{m.Size,6} {m.Series,-13} {m.Rate,9:0}/s  {m.CpuPerMillion,6:0.00} CPU-s/M  p99 {m.P99:0.00} ms  peak {m.PeakMiB:0} MiB");

    /// <summary>Medians with least and greatest over the rounds, in Markdown.</summary>
    public static IEnumerable<string> Markdown(IReadOnlyList<GrowthMeasurement> all)
    {
        yield return "| | CPU-s/M | times the first | PUBACK p99, ms | peak memory, MiB | rate /s |";
        yield return "|---|---|---|---|---|---|";
        foreach (var series in all.GroupBy(static m => m.Series))
        {
            double? first = null;
            foreach (var size in series.GroupBy(static m => m.Size).OrderBy(static g => g.Key))
            {
                var (cost, p99, peak, rate) = (Spread.Of(size.Select(static m => m.CpuPerMillion)), Spread.Of(size.Select(static m => m.P99)), Spread.Of(size.Select(static m => m.PeakMiB)), Spread.Of(size.Select(static m => m.Rate)));
                first ??= cost.Median;
                yield return FormattableString.Invariant(
                    $"| {size.Key:N0} {(size.Key == 1 ? series.Key[..^1] : series.Key)} | {cost.Median:0.00} ({cost.Least:0.00} - {cost.Greatest:0.00}) | {cost.Median / first:0.00} | {p99.Median:0.00} ({p99.Least:0.00} - {p99.Greatest:0.00}) | {peak.Median:0} | {rate.Median:N0} |");
            }
        }
    }
}
