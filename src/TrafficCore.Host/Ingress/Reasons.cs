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

    public static RejectionReason Of(ClockVerdict verdict) => verdict switch
    {
        ClockVerdict.TooOld => RejectionReason.TooOld,
        ClockVerdict.TooFarAhead => RejectionReason.TooFarAhead,
        _ => RejectionReason.None,
    };
}
