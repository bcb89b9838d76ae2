using Microsoft.Extensions.Logging;

namespace TrafficCore.Pipeline.City;

/// <summary>Log messages of the city's index, in the pipeline's block: ids 2100-2199, next free 2107.</summary>
internal static partial class CityIndexLog
{
    [LoggerMessage(2100, LogLevel.Information, "City index: going on, reading the output from {Position} to {End}, {Windows} windows can still be corrected")]
    public static partial void Started(ILogger logger, long position, long end, int windows);

    [LoggerMessage(2101, LogLevel.Warning, "City index: what it was made from cannot be used ({Reason}); it begins anew with windows that end after {Beginning}")]
    public static partial void BeginsAnew(ILogger logger, string reason, DateTimeOffset beginning);

    [LoggerMessage(2102, LogLevel.Warning, "City index: {File} is damaged and was passed over")]
    public static partial void Damaged(ILogger logger, string file);

    [LoggerMessage(2103, LogLevel.Error, "City index: what it is made from cannot be saved; it is tried again, and after a crash more output is read again")]
    public static partial void NotSaved(ILogger logger, Exception exception);

    [LoggerMessage(2104, LogLevel.Warning, "City index: output from {From} to {To} cannot be read any more and is skipped")]
    public static partial void Gap(ILogger logger, long from, long to);

    [LoggerMessage(2105, LogLevel.Error, "City index: the output, or what it is made from, cannot be read; it is tried again")]
    public static partial void NotRead(ILogger logger, Exception exception);

    [LoggerMessage(2106, LogLevel.Error, "City index: stopped by a failure until the service restarts")]
    public static partial void Failed(ILogger logger, Exception exception);
}
