using System.CommandLine;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore check</c>: says everything that is wrong with configuration and network file.</summary>
internal static class CheckCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("check", "Validates configuration and network file and prints every error; exit code 0 or 2");
        command.SetAction(_ => Run(context));
        return command;
    }

    private static int Run(CliContext context)
    {
        var (settings, errors) = context.TryReadSettings();
        context.PrintErrors(errors);

        // The network file is looked at even when other settings are wrong: one run of check shows everything.
        var network = settings is null || NetworkCheck.Print(settings, context);
        if (errors.Count > 0 || !network)
        {
            return ExitCodes.Usage;
        }

        context.Output.WriteLine("configuration and network file are valid");
        return ExitCodes.Done;
    }
}
