using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace TrafficCore.Benchmarks.Timings;

/// <summary>Every benchmark with few and short iterations, in this process: minutes for all of them, at the price of wider deviations than <c>--filter '*'</c> gives.</summary>
internal static class TimingsRun
{
    private static readonly Job Short = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);

    /// <summary>A run of this kind is seconds long and changes what the next one finds, so each is one iteration.</summary>
    private static readonly Job Long = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(1).WithIterationCount(5);

    /// <summary>Measures; reports go below a directory.</summary>
    /// <returns>Whether every benchmark ran.</returns>
    public static bool Run(string directory)
    {
        (Type Benchmarks, Job Job)[] all = [(typeof(HotOperationBenchmarks), Short), (typeof(LogAppendBenchmarks), Short), (typeof(SqliteStoreBenchmarks), Long)];
        return all.Select(b => BenchmarkRunner.Run(b.Benchmarks, Configure(b.Job, directory))).ToList().TrueForAll(static s => !s.HasCriticalValidationErrors && s.Reports.All(static r => r.Success));
    }

    private static IConfig Configure(Job job, string directory) => ManualConfig.CreateEmpty()
        .AddJob(job)
        .AddLogger(ConsoleLogger.Default)
        .AddColumnProvider(DefaultConfig.Instance.GetColumnProviders().ToArray())
        .AddExporter(JsonExporter.Full)
        .WithArtifactsPath(directory);
}
