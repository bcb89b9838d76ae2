using TrafficCore.Host.Boards;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Cli;

/// <summary>Reads the configured rules file and reports everything that is wrong with it.</summary>
internal static class RulesCheck
{
    /// <summary>Prints errors; true when there are none, or no file is configured.</summary>
    public static bool Print(ServiceSettings settings, CliContext context)
    {
        var path = settings.Boards.RulesFile;
        if (path.Length == 0)
        {
            return true;
        }

        var (_, errors) = RulesFile.Read(path, settings);
        context.PrintErrors(errors.Select(e => new ConfigurationError($"Boards:RulesFile {path}", e.ToString())));
        return errors.Count == 0;
    }
}
