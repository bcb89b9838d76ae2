using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>Writes short texts and whole numbers into a buffer, without any culture and without garbage.</summary>
internal static class Utf8Text
{
    /// <summary>Longest 64-bit number with its sign.</summary>
    private const int LongestNumber = 20;

    /// <summary>Appends ASCII or UTF-8 bytes.</summary>
    public static IBufferWriter<byte> Text(this IBufferWriter<byte> target, ReadOnlySpan<byte> utf8)
    {
        target.Write(utf8);
        return target;
    }

    /// <summary>Appends a text.</summary>
    public static IBufferWriter<byte> Text(this IBufferWriter<byte> target, string text)
    {
        Encoding.UTF8.GetBytes(text, target);
        return target;
    }

    /// <summary>Appends a whole number.</summary>
    public static IBufferWriter<byte> Number(this IBufferWriter<byte> target, long value)
    {
        Utf8Formatter.TryFormat(value, target.GetSpan(LongestNumber), out var length);
        target.Advance(length);
        return target;
    }

    /// <summary>Appends hundredths as a decimal number with two digits behind the point; not for negative ones.</summary>
    public static IBufferWriter<byte> Hundredths(this IBufferWriter<byte> target, long value)
    {
        var rest = value % 100;
        return target.Number(value / 100).Text(rest < 10 ? ".0"u8 : "."u8).Number(rest);
    }
}
