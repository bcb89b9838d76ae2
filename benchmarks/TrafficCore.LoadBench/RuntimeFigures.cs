using System.Globalization;

namespace TrafficCore.LoadBench;

/// <summary>What the runtime allocated and collected since its start; null when the metrics do not tell.</summary>
/// <param name="AllocatedBytes">Bytes allocated.</param>
/// <param name="Collections">Garbage collections of all generations.</param>
internal sealed record RuntimeFigures(double? AllocatedBytes, double? Collections)
{
    private const string Allocated = "dotnet_gc_heap_total_allocated";
    private const string Collected = "dotnet_gc_collections";

    /// <summary>Reads Prometheus text; series of one name are added up.</summary>
    public static RuntimeFigures Parse(string text)
    {
        double? allocated = null;
        double? collections = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (Value(line, Allocated) is { } bytes)
            {
                allocated = (allocated ?? 0) + bytes;
            }
            else if (Value(line, Collected) is { } count)
            {
                collections = (collections ?? 0) + count;
            }
        }

        return new RuntimeFigures(allocated, collections);
    }

    private static double? Value(ReadOnlySpan<char> line, string name)
    {
        // name_total{labels} value: the name may carry unit and kind behind it.
        var space = line.LastIndexOf(' ');
        return line.StartsWith(name, StringComparison.Ordinal) && space > 0
            && double.TryParse(line[(space + 1)..], CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
