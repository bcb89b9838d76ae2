using static TrafficCore.Mqtt.Wire.PropertyId;

namespace TrafficCore.Mqtt.Wire;

/// <summary>Which property is of which type and allowed where (5.0 table 2-4).</summary>
internal static class PropertyRules
{
    /// <summary>Stands for the will's properties inside CONNECT, which have rules of their own.</summary>
    public const PacketType Will = PacketType.Reserved;

    private const ulong Strings = 1UL << (int)ContentType | 1UL << (int)ResponseTopic | 1UL << (int)AssignedClientIdentifier
        | 1UL << (int)AuthenticationMethod | 1UL << (int)ResponseInformation | 1UL << (int)ServerReference | 1UL << (int)ReasonString;

    private const ulong Words = 1UL << (int)ServerKeepAlive | 1UL << (int)ReceiveMaximum | 1UL << (int)TopicAliasMaximum | 1UL << (int)TopicAlias;

    private const ulong DoubleWords = 1UL << (int)MessageExpiryInterval | 1UL << (int)SessionExpiryInterval
        | 1UL << (int)WillDelayInterval | 1UL << (int)MaximumPacketSize;

    private const ulong Binaries = 1UL << (int)CorrelationData | 1UL << (int)AuthenticationData;

    private const ulong Flags = 1UL << (int)PayloadFormatIndicator | 1UL << (int)RequestProblemInformation | 1UL << (int)RequestResponseInformation
        | 1UL << (int)MaximumQoS | 1UL << (int)RetainAvailable | 1UL << (int)WildcardSubscriptionAvailable
        | 1UL << (int)SubscriptionIdentifierAvailable | 1UL << (int)SharedSubscriptionAvailable;

    private const ulong User = 1UL << (int)UserProperty;

    private const ulong Message = User | 1UL << (int)PayloadFormatIndicator | 1UL << (int)MessageExpiryInterval | 1UL << (int)ContentType
        | 1UL << (int)ResponseTopic | 1UL << (int)CorrelationData;

    private const ulong Reasoned = User | 1UL << (int)ReasonString;

    private const ulong Authentication = 1UL << (int)AuthenticationMethod | 1UL << (int)AuthenticationData;

    private static readonly ulong[] AllowedByPacket =
    [
        Message | 1UL << (int)WillDelayInterval,
        User | Authentication | 1UL << (int)SessionExpiryInterval | 1UL << (int)RequestProblemInformation | 1UL << (int)RequestResponseInformation
            | 1UL << (int)ReceiveMaximum | 1UL << (int)TopicAliasMaximum | 1UL << (int)MaximumPacketSize,
        Reasoned | Authentication | 1UL << (int)SessionExpiryInterval | 1UL << (int)AssignedClientIdentifier | 1UL << (int)ServerKeepAlive
            | 1UL << (int)ResponseInformation | 1UL << (int)ServerReference | 1UL << (int)ReceiveMaximum | 1UL << (int)TopicAliasMaximum
            | 1UL << (int)MaximumQoS | 1UL << (int)RetainAvailable | 1UL << (int)MaximumPacketSize | 1UL << (int)WildcardSubscriptionAvailable
            | 1UL << (int)SubscriptionIdentifierAvailable | 1UL << (int)SharedSubscriptionAvailable,
        Message | 1UL << (int)SubscriptionIdentifier | 1UL << (int)TopicAlias,
        Reasoned,
        Reasoned,
        Reasoned,
        Reasoned,
        User | 1UL << (int)SubscriptionIdentifier,
        Reasoned,
        User,
        Reasoned,
        0,
        0,
        Reasoned | 1UL << (int)SessionExpiryInterval | 1UL << (int)ServerReference,
        Reasoned | Authentication,
    ];

    public static bool IsAllowed(PropertyId id, PacketType packet) => (AllowedByPacket[(int)packet] >> (int)id & 1) != 0;

    /// <summary>May occur more than once: user properties anywhere, subscription identifiers in PUBLISH.</summary>
    public static bool IsRepeatable(PropertyId id, PacketType packet) =>
        id == UserProperty || (id == SubscriptionIdentifier && packet == PacketType.Publish);

    public static bool IsString(PropertyId id) => (Strings >> (int)id & 1) != 0;

    public static bool IsBinary(PropertyId id) => (Binaries >> (int)id & 1) != 0;

    public static bool IsByte(PropertyId id) => (Flags >> (int)id & 1) != 0;

    public static bool IsUInt16(PropertyId id) => (Words >> (int)id & 1) != 0;

    public static bool IsUInt32(PropertyId id) => (DoubleWords >> (int)id & 1) != 0;

    /// <summary>Every byte property is a flag: 0 or 1.</summary>
    public static bool IsInRange(PropertyId id, uint value) => id switch
    {
        ReceiveMaximum or TopicAlias or MaximumPacketSize or SubscriptionIdentifier => value != 0,
        _ => !IsByte(id) || value <= 1,
    };
}
