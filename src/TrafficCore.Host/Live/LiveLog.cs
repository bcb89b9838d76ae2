namespace TrafficCore.Host.Live;

/// <summary>Log messages of the live feed, in the host's block: ids 5300-5399. Next free: 5301.</summary>
internal static partial class LiveLog
{
    [LoggerMessage(5300, LogLevel.Error, "The live feed failed; its streams end, and those that come back begin anew")]
    public static partial void Failed(ILogger logger, Exception error);
}
