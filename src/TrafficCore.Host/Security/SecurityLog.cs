namespace TrafficCore.Host.Security;

/// <summary>Log messages of accounts, access and audit, in the host's block: ids 5400-5499. Next free: 5405. None of them carries a secret or a hash.</summary>
internal static partial class SecurityLog
{
    [LoggerMessage(5400, LogLevel.Information, "{Path} is in force")]
    public static partial void InForce(ILogger logger, string path);

    [LoggerMessage(5401, LogLevel.Error, "{Path} is refused with {Errors} errors; what it said before stays in force")]
    public static partial void Refused(ILogger logger, string path, int errors);

    [LoggerMessage(5402, LogLevel.Error, "{Path}: {Place}: {Message}")]
    public static partial void Error(ILogger logger, string path, string place, string message);

    [LoggerMessage(5403, LogLevel.Error, "The audit log cannot be written; {Waiting} entries wait, and commands are refused until they are on disk")]
    public static partial void AuditFailed(ILogger logger, Exception error, int waiting);

    [LoggerMessage(5404, LogLevel.Warning, "The revocation list was to be replaced by {NextUpdate}; certificates taken back since are not known")]
    public static partial void ListIsOld(ILogger logger, DateTimeOffset nextUpdate);
}
