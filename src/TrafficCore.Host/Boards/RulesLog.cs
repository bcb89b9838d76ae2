namespace TrafficCore.Host.Boards;

/// <summary>Log messages of the rules file, in the boards' block: ids 4100-4199. Next free: 4103.</summary>
internal static partial class RulesLog
{
    [LoggerMessage(4100, LogLevel.Information, "The rules of {Path} are in force: {Rules}")]
    public static partial void InForce(ILogger logger, string path, int rules);

    [LoggerMessage(4101, LogLevel.Error, "The rules file {Path} is refused with {Errors} errors; the rules before it stay in force")]
    public static partial void Refused(ILogger logger, string path, int errors);

    [LoggerMessage(4102, LogLevel.Error, "{Path}: {Key}: {Message}")]
    public static partial void Error(ILogger logger, string path, string key, string message);
}
