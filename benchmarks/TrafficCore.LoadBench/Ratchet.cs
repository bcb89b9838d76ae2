using System.Text.Json;

namespace TrafficCore.LoadBench;

/// <summary>The figures that no change may fall below, kept in <c>benchmarks/ratchet.json</c>. Immutable.</summary>
/// <param name="Profile">Profile that is measured.</param>
/// <param name="MinimumRate">Messages per second, median.</param>
/// <param name="MaximumCpuPerMillion">CPU seconds per million messages, median.</param>
internal sealed record Ratchet(string Profile, double MinimumRate, double MaximumCpuPerMillion)
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web);

    /// <summary>The ratchets of this checkout.</summary>
    public static IReadOnlyList<Ratchet> ReadAll() => Read(Path.Combine(ServiceBuild.FindRoot(), "benchmarks", "ratchet.json"));

    /// <summary>Reads a ratchet file.</summary>
    public static IReadOnlyList<Ratchet> Read(string path) =>
        JsonSerializer.Deserialize<IReadOnlyList<Ratchet>>(File.ReadAllText(path), JsonOptions) ?? [];

    /// <summary>What is below the ratchet, one sentence each.</summary>
    public IEnumerable<string> Failures(IReadOnlyList<Measurement> all)
    {
        var runs = all.Where(m => m.Server == "trafficcore" && m.Profile == Profile).ToArray();
        if (runs.Length == 0)
        {
            yield return $"{Profile} was not measured";
            yield break;
        }

        var rate = Spread.Of(runs.Select(static m => m.Load.MessagesPerSecond)).Median;
        var cpu = Spread.Of(runs.Select(static m => m.Load.CpuPerMillion)).Median;
        if (rate < MinimumRate)
        {
            yield return FormattableString.Invariant($"{Profile}: {rate:0}/s is below {MinimumRate:0}/s");
        }

        if (cpu > MaximumCpuPerMillion)
        {
            yield return FormattableString.Invariant($"{Profile}: {cpu:0.00} CPU-s/M is above {MaximumCpuPerMillion:0.00}");
        }
    }
}
