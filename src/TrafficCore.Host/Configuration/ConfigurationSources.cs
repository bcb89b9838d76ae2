using System.Text.RegularExpressions;

namespace TrafficCore.Host.Configuration;

/// <summary>Where configuration comes from: appsettings.json, then environment, then command line.</summary>
internal static partial class ConfigurationSources
{
    /// <summary>Prefix of environment variables: <c>TRAFFICCORE_Mqtt__Port=1884</c>.</summary>
    public const string EnvironmentPrefix = "TRAFFICCORE_";

    private const string FileName = "appsettings.json";

    /// <summary>Separates <c>--Key:Sub=value</c> (or <c>--Key:Sub value</c>) from the arguments of the command itself.</summary>
    public static (string[] Command, string[] Overrides) Split(IReadOnlyList<string> args)
    {
        List<string> command = [];
        List<string> overrides = [];
        for (var i = 0; i < args.Count; i++)
        {
            if (!Override().IsMatch(args[i]))
            {
                command.Add(args[i]);
            }
            else if (args[i].Contains('=', StringComparison.Ordinal))
            {
                overrides.Add(args[i]);
            }
            else
            {
                overrides.Add(args[i] + "=" + (i + 1 < args.Count ? args[++i] : ""));
            }
        }

        return ([.. command], [.. overrides]);
    }

    /// <summary>Reads all sources. A file that is not JSON is an error, not an exception.</summary>
    public static (IConfiguration Configuration, ConfigurationError? Error) Read(IReadOnlyList<string> overrides)
    {
        var builder = new ConfigurationBuilder();
        foreach (var path in Files())
        {
            // No reload on change: a watcher above the data directory wakes with every write of the log.
            builder.AddJsonFile(path, optional: true, reloadOnChange: false);
        }

        builder.AddEnvironmentVariables(EnvironmentPrefix).AddCommandLine([.. overrides]);
        try
        {
            return (builder.Build(), null);
        }
        catch (InvalidDataException error)
        {
            return (new ConfigurationBuilder().Build(), new ConfigurationError(FileName, error.InnerException?.Message ?? error.Message));
        }
    }

    // The file beside the program carries a deployment's defaults, the one in the working directory an operator's choices.
    private static IEnumerable<string> Files() =>
        new[] { Path.Combine(AppContext.BaseDirectory, FileName), Path.GetFullPath(FileName) }.Distinct(StringComparer.Ordinal);

    [GeneratedRegex("^--[A-Za-z][A-Za-z0-9]*(:[A-Za-z0-9_.-]+)+(=|$)")]
    private static partial Regex Override();
}
