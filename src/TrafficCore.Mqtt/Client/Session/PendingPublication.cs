using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>A publication that is not acknowledged yet, with whoever waits for it and the instant at which it is no longer worth sending.</summary>
internal readonly record struct PendingPublication(MqttPublication Publication, TaskCompletionSource<ReasonCode>? Waiter, long ExpiresAt)
{
    public const long Never = long.MaxValue;

    public static PendingPublication Create(in MqttPublication publication, TaskCompletionSource<ReasonCode>? waiter, TimeProvider time) => new(
        publication,
        waiter,
        publication.Properties?.Expiry is { } expiry ? time.GetTimestamp() + (long)(expiry.TotalSeconds * time.TimestampFrequency) : Never);

    /// <summary>What counts against a bound in bytes.</summary>
    public long Bytes => Publication.Topic.Length + Publication.Payload.Length;

    /// <summary>Seconds of its life that are left, 0 when it is over; null when it does not expire.</summary>
    public uint? SecondsLeft(TimeProvider time) => ExpiresAt == Never
        ? null
        : (uint)Math.Max(0, Math.Ceiling((ExpiresAt - time.GetTimestamp()) / (double)time.TimestampFrequency));

    /// <summary>The broker has the message: only who waits, and the tag for the answer, is still needed.</summary>
    public PendingPublication WithoutPayload() => this with { Publication = Publication with { Payload = default } };
}
