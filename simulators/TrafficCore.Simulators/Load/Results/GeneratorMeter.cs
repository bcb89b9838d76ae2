namespace TrafficCore.Simulators.Load;

/// <summary>Measures what sending costs this process.</summary>
internal readonly struct GeneratorMeter
{
    private readonly TimeSpan _cpu;
    private readonly long _allocated;
    private readonly int _collections;

    private GeneratorMeter(TimeSpan cpu, long allocated, int collections) => (_cpu, _allocated, _collections) = (cpu, allocated, collections);

    /// <summary>Begins.</summary>
    public static GeneratorMeter Start() => new(Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));

    /// <summary>Ends.</summary>
    public GeneratorCost Stop(in LoadCounts counts)
    {
        var messages = Math.Max(1, counts.Sent + counts.Repeats + counts.Resent);
        return new GeneratorCost(
            Math.Round((Environment.CpuUsage.TotalTime - _cpu).TotalMicroseconds / messages, 2),
            Math.Round((GC.GetTotalAllocatedBytes() - _allocated) / (double)messages, 2),
            GC.CollectionCount(0) - _collections);
    }
}
