using BenchmarkDotNet.Attributes;
using TrafficCore.Benchmarks.Operations;

namespace TrafficCore.Benchmarks;

/// <summary>Times the operations that the allocation test watches; figures are per run, see <see cref="HotOperation.Items"/>.</summary>
[MemoryDiagnoser]
public class HotOperationBenchmarks
{
    private HotOperation? _operation;

    /// <summary>Names of all operations.</summary>
    public static IEnumerable<string> Names => HotOperation.CreateAll().Select(static o => o.Name);

    /// <summary>Which operation.</summary>
    [ParamsSource(nameof(Names))]
    public string Operation { get; set; } = "";

    /// <summary>Makes the operation.</summary>
    [GlobalSetup]
    public void Setup() => _operation = HotOperation.CreateAll().Single(o => o.Name == Operation);

    /// <summary>One run.</summary>
    [Benchmark]
    public void Run() => _operation!.Run();
}
