namespace TrafficCore.Traffic.Readings;

/// <summary>Unescapes JSON strings that may be names of ours; those are ASCII, anything else is none of them.</summary>
internal static class JsonText
{
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
