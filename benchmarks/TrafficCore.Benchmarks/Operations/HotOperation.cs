namespace TrafficCore.Benchmarks.Operations;

/// <summary>
/// One thing that happens for every reading. The same class is timed by BenchmarkDotNet and has its allocations checked by a
/// test, so that both speak of the same work.
/// </summary>
/// <remarks>Ownership: one thread.</remarks>
internal abstract class HotOperation
{
    /// <summary>Name in results and in <c>benchmarks/allocations.json</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Packets, readings or rows that one run handles.</summary>
    public virtual int Items => 1;

    /// <summary>Does the work once.</summary>
    public abstract void Run();

    /// <summary>All operations, freshly made.</summary>
    public static IReadOnlyList<HotOperation> CreateAll() =>
    [
        new PublishDecode(), new PublishEncode(), new PubackEncode(), new TopicResolve(), new ReadingParse(), new RecordSeal(), new WindowAdd(),
        DecodeToWindow.Open(), DecodeToWindow.Closing(), DecodeToWindow.Arrays(), DecodeToWindow.Cabinets(), DecodeToWindow.Events(), new LineWrite(),
    ];

    /// <summary>Bytes that one item allocates on this thread once everything has its size.</summary>
    public double MeasureAllocatedBytes()
    {
        // Buffers grow and caches fill in the first runs; the rest is what every further reading costs.
        const int Warm = 300;
        const int Measured = 1000;
        for (var i = 0; i < Warm; i++)
        {
            Run();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Measured; i++)
        {
            Run();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(Measured * Items);
    }
}
