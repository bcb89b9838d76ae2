namespace TrafficCore.Mqtt.Wire;

/// <summary>The fixed header of one packet.</summary>
public readonly struct FrameHeader
{
    internal FrameHeader(byte first, int headerLength, int bodyLength)
    {
        First = first;
        HeaderLength = headerLength;
        BodyLength = bodyLength;
    }

    /// <summary>The first byte: type and flags.</summary>
    public byte First { get; }

    /// <summary>Bytes of the fixed header, 2 to 5.</summary>
    public int HeaderLength { get; }

    /// <summary>Bytes after the fixed header ("remaining length").</summary>
    public int BodyLength { get; }

    /// <summary>What kind of packet it is.</summary>
    public PacketType Type => (PacketType)(First >> 4);

    /// <summary>The lower four bits of the first byte.</summary>
    public byte Flags => (byte)(First & 0x0F);

    /// <summary>Bytes of the whole packet.</summary>
    public int TotalLength => HeaderLength + BodyLength;
}
