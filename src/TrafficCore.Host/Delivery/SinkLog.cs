namespace TrafficCore.Host.Delivery;

/// <summary>What the service says about its sinks.</summary>
internal static partial class SinkLog
{
    [LoggerMessage(5100, LogLevel.Error, "{Sink} is {Bytes} bytes behind, more than its MaxBacklog of {MaxBacklog}: the log may let go of what it has not delivered; {Remedy}")]
    public static partial void BacklogExceeded(ILogger logger, string sink, long bytes, long maxBacklog, string remedy);

    [LoggerMessage(5101, LogLevel.Information, "{Sink}: the backlog is within its MaxBacklog again")]
    public static partial void BacklogWithin(ILogger logger, string sink);
}
