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
        var (settings, errors) = TryReadSettings();
        PrintErrors(errors);
        return errors.Count == 0 ? settings : null;
    }

    public (ServiceSettings? Settings, IReadOnlyList<ConfigurationError> Errors) TryReadSettings()
    {
        var (configuration, error) = ConfigurationSources.Read(Overrides);
        return error is { } unreadable ? (null, [unreadable]) : ServiceSettings.Bind(configuration);
    }

    public void PrintErrors(IEnumerable<ConfigurationError> errors)
    {
        foreach (var error in errors)
        {
            Error.WriteLine(error);
        }
    }
}
