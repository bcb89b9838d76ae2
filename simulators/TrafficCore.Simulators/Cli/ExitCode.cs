namespace TrafficCore.Simulators.Cli;

/// <summary>What the program's exit status means to a script.</summary>
internal static class ExitCode
{
    /// <summary>Everything was sent and acknowledged.</summary>
    public const int Done = 0;

    /// <summary>Something was lost, refused or could not be sent.</summary>
    public const int Lost = 1;

    /// <summary>The command line or the input file is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C or SIGTERM came before the end: 128 and the number of SIGINT, as shells say it.</summary>
    public const int Stopped = 130;
}
