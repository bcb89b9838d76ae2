using System.Buffers;

namespace TrafficCore.Traffic.Readings;

/// <summary>
/// Tells whether bytes are JSON (RFC 8259), without exceptions: a broken device may send garbage a thousand times a second.
/// Accepts exactly what <see cref="System.Text.Json.Utf8JsonReader"/> reads at the same depth.
/// </summary>
internal static class JsonSyntax
{
    /// <summary>Nesting that is followed; the deepest payload of the contract has three levels. One bit each.</summary>
    public const int MaxDepth = 64;

    private static readonly SearchValues<byte> StringStops =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(c => (byte)c)]);

    public static bool IsValid(ReadOnlySpan<byte> s)
    {
        int i = 0;
        int depth = 0;
        ulong objects = 0;
        while (true)
        {
            SkipSpace(s, ref i);
            if (i >= s.Length)
            {
                return false;
            }

            byte c = s[i];
            if (c is (byte)'{' or (byte)'[')
            {
                if (++depth > MaxDepth)
                {
                    return false;
                }

                objects = (objects << 1) | (c == (byte)'{' ? 1UL : 0);
                i++;
                SkipSpace(s, ref i);
                bool empty = i < s.Length && s[i] == (c == (byte)'{' ? (byte)'}' : (byte)']');
                if (!empty)
                {
                    if (c == (byte)'{' && !TryName(s, ref i))
                    {
                        return false;
                    }

                    continue;
                }
            }
            else if (!TryScalar(s, ref i, c))
            {
                return false;
            }

            if (!TryAfterValue(s, ref i, ref depth, ref objects, out bool done) || done)
            {
                return done;
            }
        }
    }

    // Behind a value: close what ends here, then either the document is over or the next value begins.
    private static bool TryAfterValue(ReadOnlySpan<byte> s, ref int i, ref int depth, ref ulong objects, out bool done)
    {
        done = false;
        while (true)
        {
            SkipSpace(s, ref i);
            if (depth == 0)
            {
                done = i == s.Length;
                return done;
            }

            if (i >= s.Length)
            {
                return false;
            }

            bool inObject = (objects & 1) != 0;
            byte c = s[i++];
            if (c == (byte)',')
            {
                SkipSpace(s, ref i);
                return !inObject || TryName(s, ref i);
            }

            if (c != (inObject ? (byte)'}' : (byte)']'))
            {
                return false;
            }

            depth--;
            objects >>= 1;
        }
    }

    private static bool TryName(ReadOnlySpan<byte> s, ref int i)
    {
        if (!TryString(s, ref i))
        {
            return false;
        }

        SkipSpace(s, ref i);
        return i < s.Length && s[i++] == (byte)':';
    }

    private static bool TryScalar(ReadOnlySpan<byte> s, ref int i, byte first) => first switch
    {
        (byte)'"' => TryString(s, ref i),
        (byte)'t' => TryWord(s, ref i, "true"u8),
        (byte)'f' => TryWord(s, ref i, "false"u8),
        (byte)'n' => TryWord(s, ref i, "null"u8),
        _ => JsonNumber.Read(s, ref i, 0, out _) != NumberStatus.Invalid,
    };

    private static bool TryWord(ReadOnlySpan<byte> s, ref int i, ReadOnlySpan<byte> word)
    {
        bool ok = s[i..].StartsWith(word);
        i += word.Length;
        return ok;
    }

    private static bool TryString(ReadOnlySpan<byte> s, ref int i)
    {
        if (i >= s.Length || s[i] != (byte)'"')
        {
            return false;
        }

        i++;
        while (true)
        {
            int stop = s[i..].IndexOfAny(StringStops);
            if (stop < 0)
            {
                return false;
            }

            i += stop + 1;
            switch (s[i - 1])
            {
                case (byte)'"':
                    return true;
                case (byte)'\\' when TryEscape(s, ref i):
                    break;
                default:
                    return false;
            }
        }
    }

    private static bool TryEscape(ReadOnlySpan<byte> s, ref int i)
    {
        if (i >= s.Length)
        {
            return false;
        }

        byte c = s[i++];
        if (c != (byte)'u')
        {
            return "\"\\/bfnrt"u8.Contains(c);
        }

        if (s.Length - i < 4)
        {
            return false;
        }

        for (int end = i + 4; i < end; i++)
        {
            if (!char.IsAsciiHexDigit((char)s[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static void SkipSpace(ReadOnlySpan<byte> s, ref int i)
    {
        while (i < s.Length && s[i] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            i++;
        }
    }
}
