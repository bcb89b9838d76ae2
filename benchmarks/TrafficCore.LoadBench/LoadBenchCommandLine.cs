using System.CommandLine;
using System.Text.Json;
using TrafficCore.LoadBench.Growth;

namespace TrafficCore.LoadBench;

/// <summary>The program's command line, from arguments to exit code: 0 done, 1 lost something, below the ratchet or not as wanted, 2 wrong usage.</summary>
internal static class LoadBenchCommandLine
{
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var load = new LoadBenchArguments();
        var root = new RootCommand("Measures TrafficCore end to end, and mosquitto in turn as the reference.") { CreateChart(output, error) };
        foreach (var option in load.Options)
        {
            root.Options.Add(option);
        }

        root.SetAction((parsed, _) =>
        {
            var options = load.Read(parsed);
            return GuardAsync(() => new BenchModes(options, output, error).RunAsync(load.ReadMode(parsed)), error);
        });
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync(string.Join(Environment.NewLine, parsed.Errors.Select(static e => e.Message)));
            return 2;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
    }

    /// <summary><c>chart</c>: what <c>--growth --json</c> wrote, as the picture and the table of the documentation.</summary>
    private static Command CreateChart(TextWriter output, TextWriter error)
    {
        var results = new Argument<string>("FILE") { Description = "What --growth wrote with --json" };
        var svg = new Option<string>("--svg") { Description = "Write the picture to this file", Required = true };
        var command = new Command("chart", "Makes picture and table of growth results.") { results, svg };
        command.SetAction((parsed, _) => GuardAsync(
            async () =>
            {
                var all = BenchReport.Read<GrowthMeasurement>(await File.ReadAllTextAsync(parsed.GetRequiredValue(results)));
                await File.WriteAllTextAsync(parsed.GetRequiredValue(svg), GrowthChart.Svg(all));
                foreach (var line in GrowthTable.Markdown(all))
                {
                    await output.WriteLineAsync(line);
                }

                return 0;
            },
            error));
        return command;
    }

    private static async Task<int> GuardAsync(Func<Task<int>> measure, TextWriter error)
    {
        try
        {
            return await measure();
        }
        catch (Exception e) when (e is BenchException or HttpRequestException or IOException or JsonException)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
