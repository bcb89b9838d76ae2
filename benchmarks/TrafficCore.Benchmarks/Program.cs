using System.Globalization;
using BenchmarkDotNet.Running;
using TrafficCore.Benchmarks;
using TrafficCore.Benchmarks.Operations;

// "allocations" prints what the allocation test measures, in the form of benchmarks/allocations.json; "packing DIR" what packing makes
// of a log; anything else goes to BenchmarkDotNet (for example --filter '*').
if (args is ["allocations"])
{
    var lines = HotOperation.CreateAll().Select(static o => string.Create(CultureInfo.InvariantCulture, $"  \"{o.Name}\": {o.MeasureAllocatedBytes():0.##}"));
    Console.WriteLine("{\n" + string.Join(",\n", lines) + "\n}");
    return 0;
}

if (args is ["packing", var directory])
{
    Console.WriteLine(PackingFigures.Measure(directory));
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(HotOperationBenchmarks).Assembly).Run(args);
return 0;
