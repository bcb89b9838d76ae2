using System.Globalization;
using System.Text.Json;
using TrafficCore.Benchmarks.Operations;

namespace TrafficCore.Benchmarks.Timings;

/// <summary>What one operation was measured to take.</summary>
/// <param name="Name">Name of the operation, as in <c>benchmarks/goals.json</c>.</param>
/// <param name="Items">Packets, readings, events or rows in a run of it.</param>
/// <param name="Nanoseconds">Mean time of an item.</param>
/// <param name="Deviation">Standard deviation of that.</param>
/// <param name="Bytes">Bytes that an item allocates, on all threads.</param>
internal sealed record Timing(string Name, int Items, double Nanoseconds, double Deviation, double Bytes)
{
    /// <summary>Items per second of one core.</summary>
    public double PerSecond => 1e9 / Nanoseconds;

    /// <summary>Reads every report that BenchmarkDotNet wrote under a directory.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static IReadOnlyList<Timing> ReadAll(string directory)
    {
        var all = Directory.EnumerateFiles(directory, "*-report-full*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(static file => Parse(File.ReadAllText(file))).ToList();
        return all.Count > 0 ? all : throw new IOException($"No report of BenchmarkDotNet is under {directory}.");
    }

    /// <summary>Reads one report; a benchmark that failed has no statistics and is left out.</summary>
    public static IReadOnlyList<Timing> Parse(string report)
    {
        using var document = JsonDocument.Parse(report);
        return [.. document.RootElement.GetProperty("Benchmarks").EnumerateArray().Where(static b => b.GetProperty("Statistics").ValueKind == JsonValueKind.Object).Select(Of)];
    }

    /// <summary>As a row of the documentation's table.</summary>
    public string Row() => string.Create(CultureInfo.InvariantCulture, $"| `{Name}` | {Items:N0} | {Nanoseconds:N1} ± {Deviation:N1} | {PerSecond:N0} | {Bytes:0.##} |");

    /// <summary>The documentation's table.</summary>
    public static IEnumerable<string> Table(IEnumerable<Timing> all) => ["| operation | items in a run | ns an item | items /s and core | bytes an item |", "|---|---|---|---|---|", .. all.Select(static t => t.Row())];

    private static Timing Of(JsonElement benchmark)
    {
        var (name, items) = Identify(benchmark.GetProperty("Type").GetString()!, benchmark.GetProperty("FullName").GetString()!);
        var statistics = benchmark.GetProperty("Statistics");
        var bytes = benchmark.TryGetProperty("Memory", out var memory) && memory.ValueKind == JsonValueKind.Object ? memory.GetProperty("BytesAllocatedPerOperation").GetDouble() : 0;
        return new Timing(name, items, statistics.GetProperty("Mean").GetDouble() / items, statistics.GetProperty("StandardDeviation").GetDouble() / items, bytes / items);
    }

    /// <summary>The classes by name: tests read reports too, and have no BenchmarkDotNet. Of a parameter only the full name has all letters.</summary>
    private static (string Name, int Items) Identify(string type, string fullName) => type switch
    {
        "LogAppendBenchmarks" => ("log-append", SamplePackets.PerRead),
        "SqliteStoreBenchmarks" => ("sqlite-minute", SamplePackets.PerCity * SamplePackets.PerCabinet),
        "HotOperationBenchmarks" when HotOperation.CreateAll().SingleOrDefault(o => fullName.EndsWith($"(Operation: \"{o.Name}\")", StringComparison.Ordinal)) is { } operation => (operation.Name, operation.Items),
        _ => throw new JsonException($"{fullName} is no benchmark of this program."),
    };
}
