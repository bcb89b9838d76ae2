using System.Buffers;

namespace TrafficCore.Log;

/// <summary>Integers of 7 bits a byte, the least first, the highest bit set on all but the last.</summary>
internal static class VarintCodec
{
    private const int MaxBytes = 10;

    public static void Write(IBufferWriter<byte> target, ulong value)
    {
        var span = target.GetSpan(MaxBytes);
        var used = 0;
        while (value >= 0x80)
        {
            span[used++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[used++] = (byte)value;
        target.Advance(used);
    }

    /// <summary>Small numbers of either sign stay short: 0, -1, 1, -2 become 0, 1, 2, 3.</summary>
    public static void WriteSigned(IBufferWriter<byte> target, long value) => Write(target, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Takes a number off the front; false when there is no whole one.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(MaxBytes, source.Length); i++)
        {
            value |= (ulong)(source[i] & 0x7F) << (7 * i);
            if (source[i] < 0x80)
            {
                source = source[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    public static bool TryReadSigned(ref ReadOnlySpan<byte> source, out long value)
    {
        var whole = TryRead(ref source, out var zigzag);
        value = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        return whole;
    }
}
