using System.CommandLine;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Cli;

/// <summary>The command line of <c>trafficcore</c>.</summary>
internal static class CommandLine
{
    private const string Description = """
        Takes telemetry of roadside devices over MQTT, makes it durable, computes flow per window, stores it and drives boards.

        Configuration: appsettings.json, then TRAFFICCORE_ environment variables (TRAFFICCORE_Mqtt__Port=1884), then --Key:Sub=value, e.g.
          --Data:Directory=/var/lib/trafficcore --Mqtt:Port=1883 --Http:Port=8080 --Network:File=network.json
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, TextReader? input = null)
    {
        var (command, overrides) = ConfigurationSources.Split(args);
        var context = new CliContext(overrides, output, error, input ?? Console.In);
        var root = new RootCommand(Description)
        {
            RunCommand.Create(context),
            CheckCommand.Create(context),
            HealthCommand.Create(context),
            AuditCommand.Create(context),
            ExportCommand.Create(context),
            PasswdCommand.Create(context),
            KeyCommand.Create(context),
            RequeueCommand.Create(context),
            ReplayCommand.Create(context),
            BackupCommand.Create(context),
            RestoreCommand.Create(context),
            FreeFlowCommand.Create(context),
        };
        var parsed = root.Parse(command, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var wrong in parsed.Errors)
            {
                await error.WriteLineAsync(wrong.Message);
            }

            // What is wrong with the configuration is told in the same run.
            if (parsed.CommandResult.Command != root)
            {
                context.ReadCheckedSettings();
            }

            await error.WriteLineAsync("trafficcore --help shows the commands.");
            return ExitCodes.Usage;
        }

        // Signals are the run command's own: it drains before it ends.
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
        });
    }
}
