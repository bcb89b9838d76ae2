using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host.Cli;

/// <summary>Reads the configured network file and reports everything that is wrong with it.</summary>
internal static class NetworkCheck
{
    private const string Key = "Network:File";

    /// <summary>Errors and warnings of the file; none when no file is configured.</summary>
    public static (IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<ConfigurationError> Warnings) Read(ServiceSettings settings)
    {
        var path = settings.Network.File;
        if (path.Length == 0)
        {
            return ([], []);
        }

        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ([new ConfigurationError(Key, error.Message)], []);
        }

        var parsed = RoadNetworkParser.Parse(content, Door.IsTimeZone);
        return ([.. parsed.Errors.Select(e => Of(path, e))], [.. parsed.Warnings.Select(w => Of(path, w))]);
    }

    /// <summary>Prints errors and warnings; true when there are no errors.</summary>
    public static bool Print(ServiceSettings settings, CliContext context)
    {
        var (errors, warnings) = Read(settings);
        context.PrintErrors(errors);
        foreach (var warning in warnings)
        {
            context.Error.WriteLine($"warning: {warning}");
        }

        return errors.Count == 0;
    }

    private static ConfigurationError Of(string path, NetworkError error) => new($"{Key} {path}", error.ToString());
}
