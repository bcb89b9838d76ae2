namespace TrafficCore.Simulators.Cli;

/// <summary>Files and directories that a command writes: one that can't be is a mistake of the command line, found before the run.</summary>
internal static class OutputPath
{
    /// <summary>Opens what an option names.</summary>
    /// <param name="option">Its name, for the message.</param>
    /// <param name="path">What it names.</param>
    /// <param name="open">Opens that.</param>
    /// <exception cref="UsageException">It can't be written there.</exception>
    public static T Open<T>(string option, string path, Func<string, T> open)
    {
        try
        {
            return open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{option}: {e.Message}", e);
        }
    }
}
