using TrafficCore.LoadBench.Growth;
using TrafficCore.LoadBench.Neighbours;
using TrafficCore.LoadBench.Profile;
using TrafficCore.LoadBench.Publication;
using TrafficCore.LoadBench.Soak;

namespace TrafficCore.LoadBench;

/// <summary>Runs what the command line asks for, prints and writes its results, and judges them.</summary>
internal sealed class BenchModes(BenchOptions options, TextWriter output, TextWriter error)
{
    /// <summary>Exit code: 0, or 1 when something is not as wanted.</summary>
    public Task<int> RunAsync(BenchMode mode) => mode switch
    {
        BenchMode.Idle => IdleAsync(),
        BenchMode.Neighbours => NeighboursAsync(),
        BenchMode.Growth => GrowthAsync(),
        BenchMode.Soak => SoakAsync(),
        BenchMode.Publication => PublicationAsync(),
        BenchMode.Profile => ProfileAsync(),
        _ => LoadAsync(),
    };

    private async Task<int> LoadAsync()
    {
        var results = await new Bench(options, output).RunAsync();
        await ReportAsync(results, BenchReport.Table(results));
        var failures = options.Gate ? Ratchet.ReadAll().SelectMany(r => r.Failures(results)).ToArray() : [];
        foreach (var failure in failures)
        {
            await error.WriteLineAsync("BELOW THE RATCHET: " + failure);
        }

        return failures.Length == 0 ? 0 : 1;
    }

    private async Task<int> IdleAsync()
    {
        var results = await new IdleBench(options, options.IdleConnections, output).RunAsync();
        return await ReportAsync(results, IdleBench.Table(results));
    }

    private async Task<int> NeighboursAsync()
    {
        var results = await new NeighbourBench(options, output).RunAsync();
        return await ReportAsync(results, NeighbourBench.Table(results), NeighbourBench.Judge(results));
    }

    private async Task<int> GrowthAsync()
    {
        var results = await new GrowthBench(options, output).RunAsync();
        return await ReportAsync(results, GrowthTable.Markdown(results), GrowthSeries.All.SelectMany(series => series.Judge(results)));
    }

    private async Task<int> SoakAsync()
    {
        var result = await new SoakBench(options, output).RunAsync();
        return await ReportAsync(
            [result],
            [FormattableString.Invariant($"{result.Messages} messages at {result.AchievedRate:0}/s of {result.Rate}/s, {result.CpuPerMillion:0.00} CPU-s/M, p99 {result.P99:0.00} ms, all stored once")],
            result.Verdicts);
    }

    private async Task<int> PublicationAsync()
    {
        var result = await new PublicationBench(options, output).RunAsync();
        return await ReportAsync([result], [FormattableString.Invariant($"at {result.Rate:0} messages a second"), $"windows: {result.Publication}", $"changes: {result.Change}"], result.Verdicts);
    }

    private async Task<int> ProfileAsync()
    {
        var results = await new ProfileBench(options, output).RunAsync();
        return await ReportAsync(results, ProfileTable.Markdown(results));
    }

    private async Task<int> ReportAsync<T>(IReadOnlyList<T> results, IEnumerable<string> table, IEnumerable<Verdict>? judged = null)
    {
        var verdicts = judged?.ToArray() ?? [];
        foreach (var line in table.Concat(verdicts.Select(static v => v.ToString())))
        {
            await output.WriteLineAsync(line);
        }

        if (options.Json is { } file)
        {
            await File.WriteAllTextAsync(file, BenchReport.Json(results));
        }

        return verdicts.All(static v => v.Holds) ? 0 : 1;
    }
}
