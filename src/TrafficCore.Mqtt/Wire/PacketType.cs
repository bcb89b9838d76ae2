namespace TrafficCore.Mqtt.Wire;

/// <summary>Control packet types: the upper four bits of a packet's first byte (5.0 section 2.1.2).</summary>
public enum PacketType : byte
{
    /// <summary>Forbidden on the wire.</summary>
    Reserved = 0,
    Connect = 1,
    Connack = 2,
    Publish = 3,
    Puback = 4,
    Pubrec = 5,
    Pubrel = 6,
    Pubcomp = 7,
    Subscribe = 8,
    Suback = 9,
    Unsubscribe = 10,
    Unsuback = 11,
    Pingreq = 12,
    Pingresp = 13,
    Disconnect = 14,

    /// <summary>5.0 only.</summary>
    Auth = 15,
}
