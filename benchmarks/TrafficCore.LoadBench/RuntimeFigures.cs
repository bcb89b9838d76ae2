namespace TrafficCore.LoadBench;

/// <summary>What the runtime allocated and collected since its start; null when the metrics do not tell.</summary>
/// <param name="AllocatedBytes">Bytes allocated.</param>
/// <param name="Collections">Garbage collections of all generations.</param>
/// <param name="OldCollections">Those of generation 2.</param>
/// <param name="HeapBytes">Size of the heap after the last collection.</param>
internal sealed record RuntimeFigures(double? AllocatedBytes, double? Collections, double? OldCollections, double? HeapBytes)
{
    /// <summary>Takes them from the service's metrics.</summary>
    public static RuntimeFigures Of(MetricsText metrics) => new(
        metrics.Sum("dotnet_gc_heap_total_allocated"),
        metrics.Sum("dotnet_gc_collections"),
        metrics.Sum("dotnet_gc_collections", "\"gen2\""),
        metrics.Sum("dotnet_gc_last_collection_heap_size"));
}
