namespace TrafficCore.Host;

/// <summary>Log messages of the host, ids 5000-5999. Next free: 5011.</summary>
internal static partial class HostLog
{
    [LoggerMessage(5000, LogLevel.Information, "TrafficCore {Version} on {DataDirectory}: mqtt {Mqtt}, http {Http}")]
    public static partial void Started(ILogger logger, string version, string dataDirectory, string mqtt, string http);

    [LoggerMessage(5001, LogLevel.Information, "Stopping: {Why}")]
    public static partial void Stopping(ILogger logger, string why);

    [LoggerMessage(5002, LogLevel.Information, "Stopped in {Milliseconds} ms")]
    public static partial void Stopped(ILogger logger, long milliseconds);

    [LoggerMessage(5003, LogLevel.Critical, "{Component} failed; nothing more can be acknowledged and the service stops. What was acknowledged is on disk")]
    public static partial void Faulted(ILogger logger, Exception error, string component);

    [LoggerMessage(5004, LogLevel.Error, "Stopping {Part} failed; the next start makes up for it")]
    public static partial void StopFailed(ILogger logger, Exception error, string part);

    [LoggerMessage(5005, LogLevel.Error, "A request failed")]
    public static partial void RequestFailed(ILogger logger, Exception error);

    [LoggerMessage(5006, LogLevel.Warning, "{File} is damaged and ignored; boards go on with an older state, or anew")]
    public static partial void BoardMemoryDamaged(ILogger logger, string file);

    [LoggerMessage(5007, LogLevel.Warning, "Stopping took {Milliseconds} ms, longest {Part} with {PartMilliseconds} ms")]
    public static partial void StoppedLate(ILogger logger, long milliseconds, string part, long partMilliseconds);

    [LoggerMessage(5008, LogLevel.Warning, "Stop:Flush is over: {Bytes} bytes of input are durable and not applied yet; the next start applies them")]
    public static partial void StopUnapplied(ILogger logger, long bytes);

    [LoggerMessage(5009, LogLevel.Warning, "Stop:Flush is over: {Bytes} bytes of output are not delivered to {Sink} yet ({Trouble}); the next start delivers them")]
    public static partial void StopUndelivered(ILogger logger, string sink, long bytes, string trouble);

    [LoggerMessage(5010, LogLevel.Warning, "This process may open {Limit} files and sockets, and may come to need {Needed}: Mqtt:MaxConnections {Mqtt}, Http:MaxConnections {Http}, and {Own} of its own. Raise the limit (LimitNOFILE, ulimit -n) or lower Mqtt:MaxConnections; a process that runs out accepts nobody")]
    public static partial void FewDescriptors(ILogger logger, long limit, long needed, int mqtt, int http, int own);
}
