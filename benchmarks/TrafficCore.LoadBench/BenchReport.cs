using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TrafficCore.LoadBench;

/// <summary>Results as lines, as a table of medians, and as JSON.</summary>
internal static class BenchReport
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>One run on one line.</summary>
    public static string Line(Measurement m) => Invariant(
        $"round {m.Round} {m.Profile,-20} {m.Server,-11} {m.Load.MessagesPerSecond,9:0}/s  {m.Load.CpuPerMillion,6:0.00} CPU-s/M  {Latency(m),-30}  {m.Load.ResidentKb / 1024,5} MB  {m.AllocatedPerMessage?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-",7} B/msg  {m.Collections?.ToString("0", CultureInfo.InvariantCulture) ?? "-",4} GCs{(m.Load.TimedOut != 0 ? "  STALLED" : "")}");

    /// <summary>Medians with least and greatest, and the ratio to the reference measured in the same run.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<Measurement> all)
    {
        yield return "median (least - greatest) of all rounds";
        foreach (var group in all.GroupBy(static m => (m.Profile, m.Server)))
        {
            var rate = Of(group, static m => m.Load.MessagesPerSecond);
            var cpu = Of(group, static m => m.Load.CpuPerMillion);
            var (p50, p99) = (Of(group, static m => m.Load.P50 / 1000), Of(group, static m => m.Load.P99 / 1000));
            var reference = all.Where(m => m.Profile == group.Key.Profile && m.Server != group.Key.Server).ToArray();
            var ratio = group.Key.Server == "trafficcore" && reference.Length > 0
                ? Invariant($"  x mosquitto: rate {rate.Median / Of(reference, static m => m.Load.MessagesPerSecond).Median:0.00}, CPU {cpu.Median / Of(reference, static m => m.Load.CpuPerMillion).Median:0.00}")
                : "";
            yield return Invariant(
                $"{group.Key.Profile,-20} {group.Key.Server,-11} {rate.Median,9:0}/s ({rate.Least:0} - {rate.Greatest:0})  {cpu.Median:0.00} CPU-s/M ({cpu.Least:0.00} - {cpu.Greatest:0.00})  {(p99.Greatest > 0 ? Invariant($"p50 {p50.Median:0.00} ms  p99 {p99.Median:0.00} ms ({p99.Least:0.00} - {p99.Greatest:0.00})") : "no acknowledgements")}{ratio}");
        }
    }

    /// <summary>Everything, with when and where it was measured.</summary>
    public static string Json<T>(IReadOnlyList<T> all) => JsonSerializer.Serialize(
        new
        {
            Measured = DateTimeOffset.UtcNow,
            Machine = new { RuntimeInformation.OSDescription, Processors = Environment.ProcessorCount, Runtime = RuntimeInformation.FrameworkDescription },
            Runs = all,
        },
        JsonOptions);

    /// <summary>The runs that <see cref="Json{T}"/> wrote.</summary>
    /// <exception cref="BenchException">They are not in it.</exception>
    public static IReadOnlyList<T> Read<T>(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("runs", out var runs) && runs.Deserialize<List<T>>(JsonOptions) is { Count: > 0 } all ? all : throw new BenchException("no runs in this file");
    }

    /// <summary>QoS 0 has no acknowledgements, so no latency.</summary>
    private static string Latency(Measurement m) =>
        m.Load.P99 > 0 ? Invariant($"p50 {m.Load.P50 / 1000:0.00} ms  p99 {m.Load.P99 / 1000:0.00} ms") : "no acknowledgements";

    private static Spread Of(IEnumerable<Measurement> group, Func<Measurement, double> value) => Spread.Of(group.Select(value));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
