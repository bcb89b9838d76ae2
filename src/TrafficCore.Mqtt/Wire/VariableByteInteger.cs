namespace TrafficCore.Mqtt.Wire;

/// <summary>Variable byte integers (5.0 section 1.5.5): seven bits a byte, least significant first, at most four bytes.</summary>
public static class VariableByteInteger
{
    /// <summary>The largest value that four bytes hold.</summary>
    public const int MaxValue = 268_435_455;

    /// <summary>Bytes that <paramref name="value"/> takes.</summary>
    public static int SizeOf(int value) => value switch
    {
        < 1 << 7 => 1,
        < 1 << 14 => 2,
        < 1 << 21 => 3,
        _ => 4,
    };

    /// <summary>Writes the value and returns its size.</summary>
    public static int Write(Span<byte> destination, int value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)value, (uint)MaxValue);
        var i = 0;
        while (value > 0x7F)
        {
            destination[i++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[i++] = (byte)value;
        return i;
    }

    /// <summary>
    /// Reads a value. Returns its size, 0 when more bytes are needed, -1 when it is malformed: longer than four bytes, or not in its
    /// shortest form [MQTT-1.5.5-1].
    /// </summary>
    public static int TryRead(ReadOnlySpan<byte> source, out int value)
    {
        value = 0;
        for (var i = 0; i < 4; i++)
        {
            if (i >= source.Length)
            {
                return 0;
            }

            var b = source[i];
            value |= (b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                return b == 0 && i > 0 ? -1 : i + 1;
            }
        }

        return -1;
    }
}
