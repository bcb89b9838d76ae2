using System.CommandLine;

namespace TrafficCore.LoadBench;

/// <summary>The program's command line, from arguments to exit code: 0 done, 1 lost something or below the ratchet, 2 wrong usage.</summary>
internal static class LoadBenchCommandLine
{
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var mqblast = new Option<string>("--mqblast") { Description = "Source of the load generator, compiled with gcc", Required = true, HelpName = "mqblast.c" };
        var service = new Option<string?>("--service") { Description = "The service's program or .dll [default: built from this checkout]" };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; results are medians", DefaultValueFactory = static _ => 3 };
        var profiles = new Option<string[]>("--profiles") { Description = "Profiles to run [default: all]", AllowMultipleArgumentsPerToken = true };
        profiles.AcceptOnlyFromAmong([.. LoadProfile.All.Select(static p => p.Name)]);
        var noReference = new Option<bool>("--no-reference") { Description = "Do not measure mosquitto" };
        var noWindows = new Option<bool>("--no-windows") { Description = "Do not wait for the windows to check their volumes" };
        var json = new Option<string?>("--json") { Description = "Write all results to this file" };
        var gate = new Option<bool>("--gate") { Description = "Run the profiles of benchmarks/ratchet.json only and fail when below it" };
        var idle = new Option<int?>("--idle") { Description = "Measure the resident memory of so many idle connections instead", HelpName = "connections" };
        var neighbours = new Option<bool>("--neighbours") { Description = "Measure whether history reads or a database that hangs delay acknowledgements instead" };
        var data = new Option<string?>("--data") { Description = "Directory for the service's data: the disk that is measured" };
        var root = new RootCommand("Measures TrafficCore end to end, and mosquitto in turn as the reference.")
        {
            mqblast, service, rounds, profiles, noReference, noWindows, json, gate, idle, neighbours, data,
        };
        root.SetAction((result, _) =>
        {
            var gated = result.GetValue(gate);
            var options = new BenchOptions
            {
                MqblastSource = result.GetRequiredValue(mqblast),
                Service = result.GetValue(service),
                Rounds = Math.Max(1, result.GetValue(rounds)),
                Profiles = [.. LoadProfile.All.Where(p => Wanted(p, result.GetValue(profiles) ?? [], gated))],
                Reference = !gated && !result.GetValue(noReference),
                CheckWindows = !result.GetValue(noWindows),
                Json = result.GetValue(json),
                Gate = gated,
                DataRoot = result.GetValue(data),
            };
            return GuardAsync(
                () => result.GetValue(idle) is { } connections ? MeasureIdleAsync(options, connections, output)
                    : result.GetValue(neighbours) ? MeasureNeighboursAsync(options, output)
                    : MeasureAsync(options, output, error),
                error);
        });
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync(string.Join(Environment.NewLine, parsed.Errors.Select(static e => e.Message)));
            return 2;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
    }

    private static bool Wanted(LoadProfile profile, string[] named, bool gated) =>
        gated ? ReadRatchets().Any(r => r.Profile == profile.Name)
        : named.Length == 0 || named.Contains(profile.Name);

    private static IReadOnlyList<Ratchet> ReadRatchets() => Ratchet.Read(Path.Combine(ServiceBuild.FindRoot(), "benchmarks", "ratchet.json"));

    private static async Task<int> MeasureAsync(BenchOptions options, TextWriter output, TextWriter error)
    {
        var results = await new Bench(options, output).RunAsync();
        await ReportAsync(options, output, BenchReport.Table(results), () => BenchReport.Json(results));
        var failures = options.Gate ? ReadRatchets().SelectMany(r => r.Failures(results)).ToArray() : [];
        foreach (var failure in failures)
        {
            await error.WriteLineAsync("BELOW THE RATCHET: " + failure);
        }

        return failures.Length == 0 ? 0 : 1;
    }

    private static async Task<int> MeasureIdleAsync(BenchOptions options, int connections, TextWriter output)
    {
        var results = await new IdleBench(options, connections, output).RunAsync();
        await ReportAsync(options, output, IdleBench.Table(results), () => BenchReport.Json(results));
        return 0;
    }

    private static async Task<int> MeasureNeighboursAsync(BenchOptions options, TextWriter output)
    {
        var results = await new NeighbourBench(options, output).RunAsync();
        await ReportAsync(options, output, NeighbourBench.Table(results), () => BenchReport.Json(results));
        return 0;
    }

    private static async Task ReportAsync(BenchOptions options, TextWriter output, IEnumerable<string> table, Func<string> json)
    {
        foreach (var line in table)
        {
            await output.WriteLineAsync(line);
        }

        if (options.Json is { } file)
        {
            await File.WriteAllTextAsync(file, json());
        }
    }

    private static async Task<int> GuardAsync(Func<Task<int>> measure, TextWriter error)
    {
        try
        {
            return await measure();
        }
        catch (Exception e) when (e is BenchException or HttpRequestException or IOException)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
