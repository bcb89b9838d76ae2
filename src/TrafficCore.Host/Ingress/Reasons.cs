using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Host.Ingress;

/// <summary>From what the decoders find to the reasons that records carry.</summary>
internal static class Reasons
{
    public static RejectionReason Of(PayloadStatus status) => status switch
    {
        PayloadStatus.BadShape => RejectionReason.BadShape,
        PayloadStatus.TooLarge => RejectionReason.TooLarge,
        _ => RejectionReason.BadJson,
    };

    public static RejectionReason Of(ReadingFault fault) => fault switch
    {
        ReadingFault.BadTimestamp => RejectionReason.BadTimestamp,
        ReadingFault.BadInterval => RejectionReason.BadInterval,
        ReadingFault.BadVolume => RejectionReason.BadVolume,
        ReadingFault.BadDetector => RejectionReason.BadDetector,
        ReadingFault.BadEvent => RejectionReason.BadEvent,
        ReadingFault.NoValue => RejectionReason.NoValue,
        _ => RejectionReason.BadShape,
    };

    /// <summary>The same, told apart where the time that was sent shows by its size that it was counted in another unit.</summary>
    public static RejectionReason Of(ReadingFault fault, long timestamp) =>
        fault is ReadingFault.BadTimestamp or ReadingFault.BadEvent && Of(TimestampUnits.Of(timestamp)) is not RejectionReason.None and var unit ? unit : Of(fault);

    public static RejectionReason Of(TimestampUnit unit) => unit switch
    {
        TimestampUnit.Seconds => RejectionReason.TimestampInSeconds,
        TimestampUnit.Microseconds => RejectionReason.TimestampInMicroseconds,
        TimestampUnit.Nanoseconds => RejectionReason.TimestampInNanoseconds,
        _ => RejectionReason.None,
    };

    public static RejectionReason Of(ClockVerdict verdict) => verdict switch
    {
        ClockVerdict.InSeconds => RejectionReason.TimestampInSeconds,
        ClockVerdict.TooOld => RejectionReason.TooOld,
        ClockVerdict.TooFarAhead => RejectionReason.TooFarAhead,
        _ => RejectionReason.None,
    };
}
