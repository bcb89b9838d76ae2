using Microsoft.Extensions.Logging;

namespace TrafficCore.Storage.Delivery;

/// <summary>Log messages of the sinks: 3000-3999. Next free: 3017.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(3000, LogLevel.Information, "{Sink}: delivery begins at {Cursor}; output is durable up to {End}")]
    public static partial void Started(this ILogger logger, string sink, long cursor, long end);

    [LoggerMessage(3001, LogLevel.Information, "{Sink}: delivery stopped at {Cursor}")]
    public static partial void Stopped(this ILogger logger, string sink, long cursor);

    [LoggerMessage(3002, LogLevel.Warning, "{Sink}: output from {From} to {To} cannot be read any more and is skipped")]
    public static partial void Gap(this ILogger logger, string sink, long from, long to);

    [LoggerMessage(3003, LogLevel.Warning, "{Sink}: the cursor {Cursor} lies beyond the output, which was begun anew; reading from {Start}")]
    public static partial void CursorBeyondEnd(this ILogger logger, string sink, long cursor, long start);

    [LoggerMessage(3004, LogLevel.Error, "{Sink}: delivery failed and is tried again in {Delay}: {Problem}")]
    public static partial void Retrying(this ILogger logger, string sink, TimeSpan delay, string problem);

    [LoggerMessage(3005, LogLevel.Information, "{Sink}: delivery works again")]
    public static partial void Recovered(this ILogger logger, string sink);

    [LoggerMessage(3006, LogLevel.Error, "{Sink}: {File} is damaged ({Problem}) and was set aside")]
    public static partial void FileDamaged(this ILogger logger, string sink, string file, string problem);

    [LoggerMessage(3007, LogLevel.Error, "{Sink}: {File} is gone; it is rebuilt from {Position}")]
    public static partial void FileLost(this ILogger logger, string sink, string file, long position);

    [LoggerMessage(3008, LogLevel.Warning, "{Sink}: {File} was not in the catalog and was taken in")]
    public static partial void FileAdopted(this ILogger logger, string sink, string file);

    [LoggerMessage(3009, LogLevel.Information, "{Sink}: {File} was deleted by age")]
    public static partial void FileExpired(this ILogger logger, string sink, string file);

    [LoggerMessage(3010, LogLevel.Error, "{Sink}: {Points} points were refused for good ({Reason}); they are in the dead-letter file")]
    public static partial void DeadLettered(this ILogger logger, string sink, int points, string reason);

    [LoggerMessage(3011, LogLevel.Warning, "{Sink}: {Points} points could not be deleted before they are rewritten ({Reason}); fields that became unknown stay visible")]
    public static partial void DeleteRefused(this ILogger logger, string sink, int points, string reason);

    [LoggerMessage(3012, LogLevel.Error, "{Sink}: the dead-letter file cannot be written: {Problem}")]
    public static partial void DeadLetterFailed(this ILogger logger, string sink, string problem);

    [LoggerMessage(3013, LogLevel.Error, "{Sink}: stopped by a defect")]
    public static partial void Defect(this ILogger logger, string sink, Exception exception);

    [LoggerMessage(3014, LogLevel.Warning, "{Sink}: reading {File} failed: {Problem}")]
    public static partial void ReadFailed(this ILogger logger, string sink, string file, string problem);

    [LoggerMessage(3015, LogLevel.Warning, "{Sink}: what was skipped from {From} to {To} is refilled from the embedded store, from what was written since {Since:O}")]
    public static partial void Refilling(this ILogger logger, string sink, long from, long to, DateTimeOffset since);

    [LoggerMessage(3016, LogLevel.Information, "{Sink}: {Rows} rows were refilled; delivery goes on at {Position}")]
    public static partial void Refilled(this ILogger logger, string sink, long rows, long position);
}
