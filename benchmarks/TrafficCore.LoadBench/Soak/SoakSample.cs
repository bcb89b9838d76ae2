namespace TrafficCore.LoadBench.Soak;

/// <summary>What the service looks like at one moment of a soak.</summary>
/// <param name="Seconds">Seconds since the load began.</param>
/// <param name="ResidentMiB">Resident memory.</param>
/// <param name="HeapMiB">Heap after the last collection.</param>
/// <param name="OldCollections">Collections of generation 2 since the service began.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Handles">Open file descriptors.</param>
internal sealed record SoakSample(double Seconds, double ResidentMiB, double HeapMiB, double OldCollections, int Threads, int Handles)
{
    /// <summary>Takes one: the runtime's figures from the service's metrics, the rest from the system.</summary>
    public static async Task<SoakSample> TakeAsync(ServiceUnderTest service, TimeSpan since)
    {
        var (runtime, process) = (await service.ReadRuntimeAsync(), ProcessFigures.Read(service.ProcessId));
        return new SoakSample(
            Math.Round(since.TotalSeconds, 1), process.ResidentBytes / 1048576.0, (runtime.HeapBytes ?? 0) / 1048576.0, runtime.OldCollections ?? 0, process.Threads, process.Handles);
    }
}
