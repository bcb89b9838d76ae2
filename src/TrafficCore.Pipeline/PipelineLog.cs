using Microsoft.Extensions.Logging;

namespace TrafficCore.Pipeline;

/// <summary>Log messages of the pipeline; ids 2000-2999, next free 2015.</summary>
internal static partial class PipelineLog
{
    [LoggerMessage(2000, LogLevel.Information, "Opening {Directory}: snapshot at {Position}, input log {Start}..{End}")]
    public static partial void Opening(ILogger logger, string directory, long position, long start, long end);

    [LoggerMessage(2001, LogLevel.Information, "Recovered: {Bytes} bytes of input replayed, {Repeated} outputs were written before, {Devices} devices")]
    public static partial void Recovered(ILogger logger, long bytes, long repeated, int devices);

    [LoggerMessage(2002, LogLevel.Error, "No snapshot is readable and the input log begins at {Start}: state before that is lost, windows older than it start anew")]
    public static partial void StateLost(ILogger logger, long start);

    [LoggerMessage(2003, LogLevel.Warning, "A snapshot is damaged and was passed over: {Snapshot}")]
    public static partial void SnapshotDamaged(ILogger logger, string snapshot);

    [LoggerMessage(2004, LogLevel.Error, "{Bytes} bytes of the {Log} log cannot be read, from {From} to {To}: skipped and counted")]
    public static partial void Gap(ILogger logger, string log, long from, long to, long bytes);

    [LoggerMessage(2005, LogLevel.Information, "The {Log} log ended in {Bytes} bytes of an unfinished write that nobody was promised")]
    public static partial void TornTail(ILogger logger, string log, long bytes);

    [LoggerMessage(2006, LogLevel.Critical, "{Component} failed; nothing more is acknowledged until the service restarts")]
    public static partial void Faulted(ILogger logger, Exception exception, string component);

    [LoggerMessage(2007, LogLevel.Debug, "Snapshot at {Position}: {Bytes} bytes in {Milliseconds} ms")]
    public static partial void SnapshotTaken(ILogger logger, long position, long bytes, long milliseconds);

    [LoggerMessage(2008, LogLevel.Error, "A snapshot failed; it is tried again, and the log keeps what it would have let go")]
    public static partial void SnapshotFailed(ILogger logger, Exception exception);

    [LoggerMessage(2009, LogLevel.Warning, "The {Log} log: {Kind} at {Position}")]
    public static partial void LogFault(ILogger logger, Exception? exception, string log, TrafficCore.Log.LogFaultKind kind, long position);

    [LoggerMessage(2010, LogLevel.Error, "Network version {Version} in the log is not valid for this version of the service; the one before stays in force")]
    public static partial void NetworkRefused(ILogger logger, uint version);

    [LoggerMessage(2011, LogLevel.Warning, "The output log takes nothing ({Reason}); trying again every second")]
    public static partial void OutputWaits(ILogger logger, string reason);

    [LoggerMessage(2012, LogLevel.Information, "Stopped at input position {Position}")]
    public static partial void Stopped(ILogger logger, long position);

    [LoggerMessage(2013, LogLevel.Error, "There were probably {Count} readings and events in it, of {Devices} devices: counted as corrupt. Its bytes are kept in {Path}")]
    public static partial void Damage(ILogger logger, long count, int devices, string path);

    [LoggerMessage(2014, LogLevel.Warning, "{Reason} The newest snapshot is passed over, and what it holds is computed again from the input")]
    public static partial void PageMissing(ILogger logger, string reason);
}
