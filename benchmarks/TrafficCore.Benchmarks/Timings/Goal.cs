using System.Text.Json;

namespace TrafficCore.Benchmarks.Timings;

/// <summary>What is wanted of one operation; kept in <c>benchmarks/goals.json</c>. Immutable.</summary>
/// <param name="Operation">Name of the operation.</param>
/// <param name="Why">What the numbers stand for.</param>
/// <param name="MaximumNanoseconds">Most time for an item.</param>
/// <param name="MinimumPerSecond">Least items per second of one core.</param>
/// <param name="MaximumBytes">Most bytes that an item allocates.</param>
internal sealed record Goal(string Operation, string Why, double? MaximumNanoseconds = null, double? MinimumPerSecond = null, double? MaximumBytes = null)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>Reads a file of goals.</summary>
    public static IReadOnlyList<Goal> Read(string path) => JsonSerializer.Deserialize<IReadOnlyList<Goal>>(File.ReadAllText(path), Options) ?? [];

    /// <summary>Whether it holds, with a line that says so.</summary>
    public (bool Holds, string Line) Judge(IReadOnlyList<Timing> all)
    {
        if (all.FirstOrDefault(t => t.Name == Operation) is not { } measured)
        {
            return (false, $"NOT MEASURED:   {Operation}, {Why}");
        }

        var holds = measured.Nanoseconds <= (MaximumNanoseconds ?? double.PositiveInfinity)
            && measured.PerSecond >= (MinimumPerSecond ?? 0)
            && measured.Bytes <= (MaximumBytes ?? double.PositiveInfinity);
        return (holds, FormattableString.Invariant($"{(holds ? "holds:          " : "DOES NOT HOLD:  ")}{Operation}: {measured.Nanoseconds:N1} ns, {measured.PerSecond:N0} /s, {measured.Bytes:0.##} B an item; wanted: {Why}"));
    }
}
