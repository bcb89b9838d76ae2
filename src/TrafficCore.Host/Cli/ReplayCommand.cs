using System.CommandLine;
using TrafficCore.Host.Api;
using TrafficCore.Host.Backup;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Replay;
using TrafficCore.Pipeline;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore replay</c>: recomputes the history of a data directory into a new one.</summary>
internal static class ReplayCommand
{
    // What the door judged is in the log; a replay begins behind the door.
    private static readonly string[] Door = ["Ingest", "Network", "Mqtt"];

    public static Command Create(CliContext context)
    {
        var from = new Option<string>("--from") { Description = "Data directory with the input log; only read, its service may run", Required = true };
        var to = new Option<string>("--to") { Description = "New data directory: missing, empty, or left by a replay that was interrupted", Required = true };
        var json = new Option<bool>("--json") { Description = "The report as one line of JSON" };
        var command = new Command("replay", "Recomputes history from an input log into a new data directory, with the configuration that is given") { from, to, json };
        command.SetAction((parsed, _) => StopSignals.RunAsync(context, stop => RunAsync(context, parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(json), stop)));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string from, string to, bool json, CancellationToken cancellation)
    {
        if (ReadSettings(context, to) is not { } settings)
        {
            return ExitCodes.Usage;
        }

        if (DirectoryPaths.IsInside(from, to) || DirectoryPaths.IsInside(to, from))
        {
            await context.Error.WriteLineAsync("--to: must lie outside of --from, and --from outside of it");
            return ExitCodes.Usage;
        }

        try
        {
            if (!Directory.Exists(Path.Combine(from, "input")))
            {
                await context.Error.WriteLineAsync($"--from: {Path.GetFullPath(from)} has no input log");
                return ExitCodes.Usage;
            }

            using var directory = UnfinishedDirectory.TryBegin(to, out var refusal);
            if (directory is null)
            {
                await context.Error.WriteLineAsync($"--to: {refusal}");
                return ExitCodes.Usage;
            }

            var report = await new ReplayRun(from, settings, TimeProvider.System, context.Error).RunAsync(cancellation);
            directory.Complete();
            await context.Output.WriteLineAsync(json ? ApiJson.Line(report) : string.Join(Environment.NewLine, report.Lines()));
            return report.Ledger.Unexplained == 0 ? ExitCodes.Done : ExitCodes.Failed;
        }
        catch (DataDirectoryException error)
        {
            await context.Error.WriteLineAsync($"--from: {error.Message}");
            return ExitCodes.Usage;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await context.Error.WriteLineAsync($"trafficcore: {error.Message}");
            return ExitCodes.Failed;
        }
    }

    private static ServiceSettings? ReadSettings(CliContext context, string to)
    {
        foreach (var key in context.Overrides.Select(static o => o.TrimStart('-').Split('=')[0]).Where(static k => Door.Contains(k.Split(':')[0], StringComparer.OrdinalIgnoreCase)))
        {
            context.Error.WriteLine($"{key}: a replay begins behind the door: what was refused or taken in, and which network was in force, is in the log and is not judged again");
            return null;
        }

        // Packing and progress of a service that runs for years are not a replay's; what the command line says comes later and counts.
        return (context with
        {
            Overrides =
            [
                "--Pipeline:Pack=false", "--Logging:LogLevel:Default=Warning", .. context.Overrides, $"--Data:Directory={to}", "--Sqlite:Directory=", "--Influx:Url=",
            ],
        }).ReadSettings();
    }
}
