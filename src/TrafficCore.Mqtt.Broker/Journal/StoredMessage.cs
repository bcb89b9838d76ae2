using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>A message as the journal holds it: its expiry is an instant of UTC, since the broker's own time begins anew with each start.</summary>
internal sealed record StoredMessage(byte[] Topic, byte[] Properties, byte[] Payload, QualityOfService QoS, bool Retain, long ExpiresUtcMs)
{
    public bool IsExpired(long utcNowMs) => utcNowMs >= ExpiresUtcMs;
}

/// <summary>One message for one session.</summary>
/// <param name="Number">Unique in the session, ascending in the order of its queue.</param>
/// <param name="PacketId">The id it is sent under, before and after a restart.</param>
/// <param name="QoS">1 or 2.</param>
/// <param name="Retain">The RETAIN flag that the client sees.</param>
/// <param name="MaySent">It may have been sent: the client was connected while it waited.</param>
/// <param name="Received">PUBREC came.</param>
/// <param name="Identifiers">Subscription identifiers; null is none.</param>
/// <param name="SharedFilter">The shared subscription that dealt it; null when it is the client's own.</param>
internal readonly record struct StoredDelivery(
    long Number, ushort PacketId, QualityOfService QoS, bool Retain, bool MaySent, bool Received, uint[]? Identifiers, byte[]? SharedFilter)
{
    public const int QoSMask = 3;
    public const int RetainFlag = 4;
    public const int MaySentFlag = 8;
    public const int ReceivedFlag = 16;

    public byte Flags => (byte)((int)QoS | (Retain ? RetainFlag : 0) | (MaySent ? MaySentFlag : 0) | (Received ? ReceivedFlag : 0));
}
