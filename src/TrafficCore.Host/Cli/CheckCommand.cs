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
        if (context.ReadCheckedSettings() is null)
        {
            return ExitCodes.Usage;
        }

        context.Output.WriteLine("configuration, network file and rules file are valid");
        return ExitCodes.Done;
    }
}
