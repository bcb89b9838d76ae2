using System.Text.Json;

namespace TrafficCore.Traffic.Readings;

/// <summary>Unescapes JSON strings that may be names of ours; those are ASCII, anything else is none of them.</summary>
internal static class JsonText
{
    /// <summary>Longest name that means something to us is an id; longer ones are none of ours.</summary>
    public const int MaxName = 64;

    /// <summary>The name or string at the reader; empty when it can be none of ours.</summary>
    /// <param name="reader">At a name or string.</param>
    /// <param name="buffer">Room for an unescaped text, <see cref="MaxName"/> bytes.</param>
    public static ReadOnlySpan<byte> Of(in Utf8JsonReader reader, Span<byte> buffer)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        return TryUnescape(reader.ValueSpan, buffer, out int length) ? buffer[..length] : default;
    }

    /// <summary>Writes the text to <paramref name="target"/>; false when it is not ASCII or does not fit.</summary>
    /// <param name="raw">A valid string without its quotes.</param>
    /// <param name="target">Where the text goes.</param>
    /// <param name="length">Bytes written.</param>
    public static bool TryUnescape(ReadOnlySpan<byte> raw, Span<byte> target, out int length)
    {
        length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            int c = raw[i];
            if (c == '\\')
            {
                c = raw[++i];
                if (c == 'u')
                {
                    c = (Hex(raw[i + 1]) << 12) | (Hex(raw[i + 2]) << 8) | (Hex(raw[i + 3]) << 4) | Hex(raw[i + 4]);
                    i += 4;
                }
                else
                {
                    c = c switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => c };
                }
            }

            if (c > 0x7F || length == target.Length)
            {
                return false;
            }

            target[length++] = (byte)c;
        }

        return true;
    }

    private static int Hex(byte c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
