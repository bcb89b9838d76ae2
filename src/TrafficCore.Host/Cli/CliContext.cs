using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Cli;

/// <summary>What every command works with.</summary>
/// <param name="Overrides">Configuration given on the command line, <c>--Key:Sub=value</c>.</param>
/// <param name="Output">Results.</param>
/// <param name="Error">Everything else.</param>
internal sealed record CliContext(IReadOnlyList<string> Overrides, TextWriter Output, TextWriter Error)
{
    /// <summary>The settings; null after all errors were printed.</summary>
    public ServiceSettings? ReadSettings()
    {
        var (settings, errors) = ServiceSettings.Read(Overrides);
        PrintErrors(errors);
        return settings;
    }

    public void PrintErrors(IEnumerable<ConfigurationError> errors)
    {
        foreach (var error in errors)
        {
            Error.WriteLine(error);
        }
    }
}
