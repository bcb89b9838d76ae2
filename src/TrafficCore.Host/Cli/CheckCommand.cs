using System.CommandLine;
using TrafficCore.Host.Configuration;

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
        var (configuration, unreadable) = ConfigurationSources.Read(context.Overrides);
        if (unreadable is { } error)
        {
            context.PrintErrors([error]);
            return ExitCodes.Usage;
        }

        // The network file is looked at even when other settings are wrong: one run of check shows everything.
        var (settings, errors) = ServiceSettings.Bind(configuration);
        context.PrintErrors(errors);
        var isNetworkValid = NetworkCheck.Print(settings, context);
        if (!RulesCheck.Print(settings, context) || !isNetworkValid || errors.Count > 0)
        {
            return ExitCodes.Usage;
        }

        context.Output.WriteLine("configuration, network file and rules file are valid");
        return ExitCodes.Done;
    }
}
