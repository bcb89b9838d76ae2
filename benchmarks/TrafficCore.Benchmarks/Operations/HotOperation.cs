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
        // Buffers grow and caches fill in the first runs; the rest is what every further reading costs. What the runtime does once, when it compiles a
        // method again, falls into one round only.
        const int Warm = 300;
        const int Rounds = 3;
        Repeat(Warm);
        return Enumerable.Range(0, Rounds).Min(_ => MeasureRound());
    }

    private double MeasureRound()
    {
        const int Measured = 1000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(Measured);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(Measured * Items);
    }

    private void Repeat(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Run();
        }
    }
}
