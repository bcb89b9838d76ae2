namespace TrafficCore.Host.Upstream;

/// <summary>Log messages of the upstream; ids 7000-7999, next free 7006.</summary>
internal static partial class UpstreamLog
{
    [LoggerMessage(7000, LogLevel.Information, "Upstream {Plan}: connected, its session {Session}")]
    public static partial void Connected(ILogger logger, UpstreamPlan plan, string session);

    [LoggerMessage(7001, LogLevel.Warning, "Upstream {Plan} is away: {Problem} Next attempt in {Seconds} s. What it holds for us, it keeps")]
    public static partial void Away(ILogger logger, UpstreamPlan plan, string? problem, int seconds);

    [LoggerMessage(7002, LogLevel.Debug, "Upstream {Plan} is still away: {Problem} Next attempt in {Seconds} s")]
    public static partial void StillAway(ILogger logger, UpstreamPlan plan, string? problem, int seconds);

    [LoggerMessage(7003, LogLevel.Warning, "Upstream {Plan} refused {Topic}: {Reason}")]
    public static partial void Refused(ILogger logger, UpstreamPlan plan, string topic, Mqtt.Wire.ReasonCode reason);

    [LoggerMessage(7004, LogLevel.Warning, "Mqtt:UpstreamClientId is {ClientId} and was {Before}: what the broker holds for the old id stays there until its session expires")]
    public static partial void ClientIdChanged(ILogger logger, string clientId, string before);

    [LoggerMessage(7005, LogLevel.Information, "Upstream {Plan}: ended the subscription {Filter} of an earlier configuration")]
    public static partial void Unsubscribed(ILogger logger, UpstreamPlan plan, string filter);
}
