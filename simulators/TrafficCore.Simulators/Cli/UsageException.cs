namespace TrafficCore.Simulators.Cli;

/// <summary>The command line, or a file that it names, can't be used; the message is for the person who typed it.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message)
        : base(message)
    {
    }

    public UsageException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
