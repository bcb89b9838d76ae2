using System.Globalization;
using BenchmarkDotNet.Running;
using TrafficCore.Benchmarks;
using TrafficCore.Benchmarks.Operations;
using TrafficCore.Benchmarks.Timings;

// "allocations" prints what the allocation test measures, in the form of benchmarks/allocations.json; "packing DIR" what packing makes
// of a log; "timings", "table" and "goals" are below; anything else goes to BenchmarkDotNet (for example --filter '*').
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

// "timings DIR" measures everything shortly and leaves BenchmarkDotNet's reports in DIR; "table DIR" prints them as the documentation has them, "goals DIR" says
// for each goal of benchmarks/goals.json whether it holds.
if (args is ["timings", var reports])
{
    return TimingsRun.Run(reports) ? 0 : 1;
}

if (args is ["table", var measured])
{
    Console.WriteLine(string.Join(Environment.NewLine, Timing.Table(Timing.ReadAll(measured))));
    return 0;
}

if (args is ["goals", var judged])
{
    var timings = Timing.ReadAll(judged);
    var verdicts = Goal.Read(Path.Combine(AppContext.BaseDirectory, "goals.json")).Select(g => g.Judge(timings)).ToArray();
    Console.WriteLine(string.Join(Environment.NewLine, verdicts.Select(static v => v.Line)));
    return verdicts.All(static v => v.Holds) ? 0 : 1;
}

BenchmarkSwitcher.FromAssembly(typeof(HotOperationBenchmarks).Assembly).Run(args);
return 0;
