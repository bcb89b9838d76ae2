using Microsoft.Extensions.Logging;
using TrafficCore.Log;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Log messages of the broker: ids 1000 to 1999. Next free id: 1013.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(1000, LogLevel.Debug, "{ClientId} connected from {Remote} with MQTT level {Version}, session present: {SessionPresent}")]
    public static partial void Connected(ILogger logger, string clientId, object? remote, byte version, bool sessionPresent);

    [LoggerMessage(1001, LogLevel.Debug, "{ClientId} ended: {Reason} (0x{Code:X2}) {Detail}")]
    public static partial void Ended(ILogger logger, string clientId, CloseReason reason, byte code, string detail);

    [LoggerMessage(1002, LogLevel.Information, "{ClientId} from {Remote} was refused: 0x{Code:X2} {Detail}")]
    public static partial void Refused(ILogger logger, string clientId, object? remote, byte code, string detail);

    [LoggerMessage(1003, LogLevel.Warning, "{ClientId} from {Remote} broke the protocol: 0x{Code:X2} {Detail}")]
    public static partial void ProtocolError(ILogger logger, string clientId, object? remote, byte code, string detail);

    [LoggerMessage(1004, LogLevel.Error, "The connection of {ClientId} failed inside the broker")]
    public static partial void Fault(ILogger logger, string clientId, Exception exception);

    [LoggerMessage(1005, LogLevel.Error, "A subscriber inside the service failed on a message of topic {Topic}")]
    public static partial void HandlerFailed(ILogger logger, string topic, Exception exception);

    [LoggerMessage(1006, LogLevel.Warning, "{ClientId} may not publish to {Topic}")]
    public static partial void PublishDenied(ILogger logger, string clientId, string topic);

    [LoggerMessage(1007, LogLevel.Information, "The broker stops: {Connections} connections are closed")]
    public static partial void Stopping(ILogger logger, int connections);

    [LoggerMessage(1008, LogLevel.Error, "The will of {ClientId} could not be published")]
    public static partial void WillFailed(ILogger logger, string clientId, Exception exception);

    [LoggerMessage(1010, LogLevel.Warning, "The session journal reports {Kind}")]
    public static partial void JournalFault(ILogger logger, LogFaultKind kind, Exception? exception);

    [LoggerMessage(1011, LogLevel.Error, "The session journal is damaged from {From} to {To}: sessions and retained messages may be older than they were")]
    public static partial void JournalDamaged(ILogger logger, long from, long to);

    [LoggerMessage(1009, LogLevel.Warning, "{Count} more {Kind} (0x{Code:X2}) were not logged one by one")]
    public static partial void LeftOut(ILogger logger, long count, string kind, byte code);

    [LoggerMessage(1012, LogLevel.Warning, "{ClientId} may not subscribe to {Filter}")]
    public static partial void SubscribeDenied(ILogger logger, string clientId, string filter);
}
