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

    /// <summary>The settings, when they and the files they name are right; null after all errors of both were printed.</summary>
    public ServiceSettings? ReadCheckedSettings()
    {
        // Files are looked at even when other settings are wrong: one run shows everything.
        var (settings, errors) = ServiceSettings.ReadAll(Overrides);
        var files = FileCheck.Read(settings);
        PrintErrors([.. errors, .. files.Errors]);
        foreach (var warning in files.Warnings)
        {
            Error.WriteLine($"warning: {warning}");
        }

        return errors.Count + files.Errors.Count == 0 ? settings : null;
    }

    private void PrintErrors(IEnumerable<ConfigurationError> errors)
    {
        foreach (var error in errors)
        {
            Error.WriteLine(error);
        }
    }
}
