namespace TrafficCore.Host.Ingress;

/// <summary>Log messages of the door; ids 6000-6999, next free 6013.</summary>
internal static partial class IngressLog
{
    [LoggerMessage(6000, LogLevel.Information, "Network version {Version} from {File}: {Intersections} intersections, {Detectors} detectors")]
    public static partial void NetworkInForce(ILogger logger, uint version, string file, int intersections, int detectors);

    [LoggerMessage(6001, LogLevel.Information, "Network file {File} is what version {Version} already holds")]
    public static partial void NetworkUnchanged(ILogger logger, string file, uint version);

    [LoggerMessage(6002, LogLevel.Error, "Network file {File} is refused with {Count} errors; the version before stays in force")]
    public static partial void NetworkRefused(ILogger logger, string file, int count);

    [LoggerMessage(6003, LogLevel.Error, "Network file {File}: {Path}: {Message}")]
    public static partial void NetworkError(ILogger logger, string file, string path, string message);

    [LoggerMessage(6004, LogLevel.Warning, "Network file {File}: {Path} {Message}")]
    public static partial void NetworkWarning(ILogger logger, string file, string path, string message);

    [LoggerMessage(6005, LogLevel.Error, "Network file {File} cannot be read; the version before stays in force")]
    public static partial void NetworkUnreadable(ILogger logger, Exception exception, string file);

    [LoggerMessage(6006, LogLevel.Error, "The clock of this machine is not trusted ({Reason}; {Outside} of {Heard} devices out of bounds): readings are taken in unjudged")]
    public static partial void ClockAlarmOn(ILogger logger, string reason, int outside, int heard);

    [LoggerMessage(6007, LogLevel.Information, "The clock of this machine is trusted again ({Outside} of {Heard} devices out of bounds)")]
    public static partial void ClockAlarmOff(ILogger logger, int outside, int heard);

    [LoggerMessage(6008, LogLevel.Warning, "{Count} devices are learnt, as many as Network:MaxLearned allows; further ones are refused")]
    public static partial void NetworkFull(ILogger logger, int count);

    [LoggerMessage(6009, LogLevel.Warning, "An error notice could not be published to {Topic}")]
    public static partial void NoticeFailed(ILogger logger, Exception exception, string topic);

    [LoggerMessage(6010, LogLevel.Information, "No network file is configured any more: version {Version} names nothing")]
    public static partial void NetworkCleared(ILogger logger, uint version);

    [LoggerMessage(6011, LogLevel.Warning, "The clocks of {Count} devices are off by more than {MaxSkew}; last changed: {Device}, {SkewMs} ms behind")]
    public static partial void ClocksOff(ILogger logger, int count, TimeSpan maxSkew, string device, int skewMs);

    [LoggerMessage(6012, LogLevel.Warning, "{Count} devices of intersection {Intersection} are learnt, as many as Network:MaxLearnedPerIntersection allows; further ones are refused, there and wherever so many are reached")]
    public static partial void IntersectionFull(ILogger logger, string intersection, int count);
}
