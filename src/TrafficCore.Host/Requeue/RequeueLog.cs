namespace TrafficCore.Host.Requeue;

/// <summary>What the service says about requeuing.</summary>
internal static partial class RequeueLog
{
    [LoggerMessage(5200, LogLevel.Information, "{Requeued} payloads were fed back from the quarantine; {Refused} would be refused again, {Before} were fed back before")]
    public static partial void Requeued(ILogger logger, long requeued, long refused, long before);
}
