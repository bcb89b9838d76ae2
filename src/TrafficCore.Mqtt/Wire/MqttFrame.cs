using System.Buffers;

namespace TrafficCore.Mqtt.Wire;

/// <summary>Cuts packets out of a byte stream. Knows the fixed header only.</summary>
public static class MqttFrame
{
    /// <summary>The longest fixed header.</summary>
    public const int MaxHeaderLength = 5;

    /// <summary>Looks for one packet at the start of <paramref name="source"/>.</summary>
    /// <param name="source">Bytes received so far.</param>
    /// <param name="maxPacketSize">The largest packet, fixed header included, that is accepted.</param>
    /// <param name="header">The fixed header; set for <see cref="FrameStatus.Whole"/> and <see cref="FrameStatus.TooLarge"/>, and for
    /// <see cref="FrameStatus.Incomplete"/> once the length is known (else its length is 0).</param>
    public static FrameStatus TryRead(ReadOnlySpan<byte> source, int maxPacketSize, out FrameHeader header)
    {
        header = default;
        if (source.IsEmpty)
        {
            return FrameStatus.Incomplete;
        }

        var first = source[0];
        if (!HasAllowedFlags(first))
        {
            return FrameStatus.Malformed;
        }

        // The usual device packet is shorter than 128 bytes or 16 KiB: one or two length bytes.
        var size = VariableByteInteger.TryRead(source[1..], out var bodyLength);
        if (size <= 0)
        {
            return size == 0 ? FrameStatus.Incomplete : FrameStatus.Malformed;
        }

        header = new FrameHeader(first, 1 + size, bodyLength);
        if (header.TotalLength > maxPacketSize)
        {
            return FrameStatus.TooLarge;
        }

        return source.Length >= header.TotalLength ? FrameStatus.Whole : FrameStatus.Incomplete;
    }

    /// <summary>The same over several segments; only the header's few bytes are copied.</summary>
    public static FrameStatus TryRead(in ReadOnlySequence<byte> source, int maxPacketSize, out FrameHeader header)
    {
        if (source.IsSingleSegment || source.FirstSpan.Length >= MaxHeaderLength)
        {
            var status = TryRead(source.FirstSpan, maxPacketSize, out header);
            return status == FrameStatus.Incomplete && header.HeaderLength > 0 && source.Length >= header.TotalLength
                ? FrameStatus.Whole
                : status;
        }

        Span<byte> start = stackalloc byte[MaxHeaderLength];
        var copied = (int)Math.Min(source.Length, MaxHeaderLength);
        source.Slice(0, copied).CopyTo(start);
        var found = TryRead(start[..copied], maxPacketSize, out header);
        return found == FrameStatus.Incomplete && header.HeaderLength > 0 && source.Length >= header.TotalLength
            ? FrameStatus.Whole
            : found;
    }

    /// <summary>
    /// Type 0 does not exist; PUBLISH carries its own flags; PUBREL, SUBSCRIBE and UNSUBSCRIBE have 0010; the others 0000
    /// [MQTT-2.1.3-1], [MQTT-2.2.2-1].
    /// </summary>
    private static bool HasAllowedFlags(byte first)
    {
        const int PacketsWith0010 = (1 << (int)PacketType.Pubrel) | (1 << (int)PacketType.Subscribe) | (1 << (int)PacketType.Unsubscribe);
        var type = first >> 4;
        var flags = first & 0x0F;
        return type switch
        {
            (int)PacketType.Reserved => false,
            (int)PacketType.Publish => (flags & 0b0110) != 0b0110 && ((flags & 0b1000) == 0 || (flags & 0b0110) != 0),
            _ => flags == (((PacketsWith0010 >> type) & 1) << 1),
        };
    }
}
