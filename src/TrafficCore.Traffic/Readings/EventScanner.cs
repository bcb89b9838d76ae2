namespace TrafficCore.Traffic.Readings;

/// <summary>Decodes the usual form of an events payload: seq first or absent, plain integers, no spaces but single ones.</summary>
internal static class EventScanner
{
    public static bool TryScan(EventParser parser, ReadOnlySpan<byte> s)
    {
        int i = 0;
        if (!TrySkip(s, ref i, "{"u8))
        {
            return false;
        }

        if (TrySkip(s, ref i, "\"seq\":"u8))
        {
            if (!TryInteger(s, ref i, out NumberStatus status, out long sequence))
            {
                return false;
            }

            parser.SetSequence(status, sequence);
            if (!TrySkip(s, ref i, ","u8))
            {
                return false;
            }
        }

        if (!TrySkip(s, ref i, "\"events\":"u8) || !TrySkip(s, ref i, "["u8))
        {
            return false;
        }

        do
        {
            if (parser.IsFull || !TryEvent(parser, s, ref i))
            {
                return false;
            }
        }
        while (TrySkip(s, ref i, ","u8));
        return TrySkip(s, ref i, "]"u8) && TrySkip(s, ref i, "}"u8) && i == s.Length;
    }

    private static bool TryEvent(EventParser parser, ReadOnlySpan<byte> s, ref int i)
    {
        Span<NumberStatus> statuses = stackalloc NumberStatus[3];
        Span<long> values = stackalloc long[3];
        int start = i;
        if (!TrySkip(s, ref i, "["u8)
            || !TryInteger(s, ref i, out statuses[0], out values[0]) || !TrySkip(s, ref i, ","u8)
            || !TryInteger(s, ref i, out statuses[1], out values[1]) || !TrySkip(s, ref i, ","u8)
            || !TryInteger(s, ref i, out statuses[2], out values[2]) || i >= s.Length || s[i] != (byte)']')
        {
            return false;
        }

        i++;
        parser.Add(EventParser.Judge(statuses, values, start, i));
        return true;
    }

    private static bool TryInteger(ReadOnlySpan<byte> s, ref int i, out NumberStatus status, out long value)
    {
        status = JsonNumber.TryPlain(s, ref i, out value) ? NumberStatus.Exact : JsonNumber.Read(s, ref i, 0, out value);
        return status != NumberStatus.Invalid;
    }

    // Steps over a token and one space behind it, as common encoders write.
    private static bool TrySkip(ReadOnlySpan<byte> s, ref int i, ReadOnlySpan<byte> token)
    {
        if (!s[i..].StartsWith(token))
        {
            return false;
        }

        i += token.Length;
        i += i < s.Length && s[i] == (byte)' ' ? 1 : 0;
        return true;
    }
}
