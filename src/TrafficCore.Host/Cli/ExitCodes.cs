namespace TrafficCore.Host.Cli;

/// <summary>Exit codes of the program.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed while running.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage or configuration.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C or SIGTERM came before a directory was filled: 128 and the number of SIGINT, as shells say it.</summary>
    public const int Stopped = 130;
}
