using System.Text.Json;
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

    /// <summary>Reads all sources. A file that cannot be read is an error, and the others are read all the same.</summary>
    public static (IConfiguration Configuration, IReadOnlyList<ConfigurationError> Errors) Read(IReadOnlyList<string> overrides)
    {
        var builder = new ConfigurationBuilder();
        List<ConfigurationError> errors = [];
        foreach (var path in Files().Where(Path.Exists))
        {
            if (TryReadFile(path, out var file, out var problem))
            {
                builder.AddConfiguration(file);
            }
            else
            {
                errors.Add(new ConfigurationError(path, problem));
            }
        }

        return (builder.AddEnvironmentVariables(EnvironmentPrefix).AddCommandLine([.. overrides]).Build(), errors);
    }

    // Read once and not watched: a watcher above the data directory wakes with every write of the log.
    private static bool TryReadFile(string path, out IConfiguration file, out string problem)
    {
        (file, problem) = (new ConfigurationBuilder().Build(), "");
        try
        {
            using var content = new MemoryStream(File.ReadAllBytes(path));
            file = new ConfigurationBuilder().AddJsonStream(content).Build();
            return true;
        }
        // Half a surrogate pair passes the parser and throws what is no format error.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or JsonException or InvalidOperationException)
        {
            problem = error.Message;
            return false;
        }
    }

    // The file beside the program carries a deployment's defaults, the one in the working directory an operator's choices.
    public static IEnumerable<string> Files() =>
        new[] { Path.Combine(AppContext.BaseDirectory, FileName), Path.GetFullPath(FileName) }.Distinct(StringComparer.Ordinal);

    // Options of commands begin with a small letter and have no colon. Whatever else looks like a key is judged as one, also when it is wrong.
    [GeneratedRegex("^--([A-Z][A-Za-z0-9]*|[A-Za-z][A-Za-z0-9]*(:[A-Za-z0-9_.-]+)+)(=|$)")]
    private static partial Regex Override();
}
