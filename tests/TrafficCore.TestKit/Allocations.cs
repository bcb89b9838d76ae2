namespace TrafficCore.TestKit;

/// <summary>What code allocates on the calling thread.</summary>
public static class Allocations
{
    /// <summary>
    /// The least of three runs of a warm action, in bytes: what the runtime allocates when it recompiles a method comes once, what the
    /// action costs comes in every run.
    /// </summary>
    public static long Least(Action action) => Enumerable.Range(0, 3).Min(_ =>
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
