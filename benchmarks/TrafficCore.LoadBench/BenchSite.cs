namespace TrafficCore.LoadBench;

/// <summary>Where one bench works: a directory of its own, deleted at the end, the generator compiled into it, and the service's program.</summary>
/// <remarks>Ownership: one bench.</remarks>
internal sealed class BenchSite : IDisposable
{
    private BenchSite(string folder, Mqblast generator, string program) => (Folder, Generator, Program) = (folder, generator, program);

    /// <summary>The directory, on the disk that is measured.</summary>
    public string Folder { get; }

    /// <summary>The generator, ready to run.</summary>
    public Mqblast Generator { get; }

    /// <summary>The service's program.</summary>
    public string Program { get; }

    /// <summary>Makes the directory, compiles the generator and, unless a program was named, builds the service.</summary>
    /// <exception cref="BenchException">One of them failed.</exception>
    public static async Task<BenchSite> OpenAsync(BenchOptions options, TextWriter output)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.DataRoot ?? Path.GetTempPath(), $"trafficcore-bench-{Environment.ProcessId}")).FullName;
        try
        {
            return new BenchSite(folder, await Mqblast.CompileAsync(options.MqblastSource, folder), options.Service ?? await ServiceBuild.BuildAsync(output));
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Starts the service on a data directory with this name.</summary>
    public Task<ServiceUnderTest> StartServiceAsync(string data, params string[] more) => ServiceUnderTest.StartAsync(Program, Path.Combine(Folder, data), more);

    /// <summary>Sends a load at QoS 1 to the service and waits until the ledger has all of it.</summary>
    /// <param name="service">Service that takes it.</param>
    /// <param name="load">Its shape.</param>
    /// <param name="prefix">First part of its intersections' names.</param>
    /// <exception cref="BenchException">Something was not acknowledged, or the ledger does not balance.</exception>
    public async Task<MqblastResult> SendAsync(ServiceUnderTest service, LoadProfile load, string prefix)
    {
        var before = await service.ReadLedgerAsync();
        var result = await Generator.RunAsync(load, service.Port, service.ProcessId, prefix);
        if (result.TimedOut != 0 || result.Acknowledged != load.Messages)
        {
            throw new BenchException($"{load.Name}: {result}");
        }

        await service.SettleAsync(before, load.Messages);
        return result;
    }

    /// <summary>Frees the disk of a service that has ended.</summary>
    public void DeleteData(string data) => Directory.Delete(Path.Combine(Folder, data), recursive: true);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
