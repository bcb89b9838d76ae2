using System.CommandLine;
using TrafficCore.Host.Composition;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Load;

/// <summary><c>load</c>, and <c>load merge</c>.</summary>
internal static class LoadCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(TextWriter output)
    {
        var arguments = new LoadArguments();
        var json = SharedOptions.Json();
        var command = new Command("load", "Sends messages on a fixed schedule and measures the time from due to acknowledged.") { json, CreateMerge(output) };
        foreach (var option in arguments.Options)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) => RunAsync(arguments.Read(parsed), parsed.GetValue(json), output, cancellation));
        return command;
    }

    private static Command CreateMerge(TextWriter output)
    {
        var files = new Argument<string[]>("FILE") { Description = "What load --json printed; the last line counts.", Arity = ArgumentArity.OneOrMore };
        var json = SharedOptions.Json();
        var command = new Command("merge", "Adds up the results of several generators.") { files, json };
        command.SetAction(async (parsed, _) => await PrintAsync(LoadMerge.Of(parsed.GetRequiredValue(files)), parsed.GetValue(json), output));
        return command;
    }

    private static async Task<int> RunAsync(LoadOptions options, bool json, TextWriter output, CancellationToken cancellation)
    {
        ServicePlatform.PrepareSockets();
        LoadReport report;
        using (var progress = new ConsoleProgress(TimeProvider.System))
        {
            report = await new LoadRunner(options, TimeProvider.System, progress).RunAsync(cancellation);
        }

        return await PrintAsync(report, json, output);
    }

    private static async Task<int> PrintAsync(LoadReport report, bool json, TextWriter output)
    {
        await output.WriteLineAsync(json ? JsonLine.Of(report) : LoadReportText.Of(report));
        return report.Problems.Count > 0 ? ExitCode.Lost : report.Stopped ? ExitCode.Stopped : ExitCode.Done;
    }
}
