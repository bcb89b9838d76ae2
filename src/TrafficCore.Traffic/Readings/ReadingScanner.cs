namespace TrafficCore.Traffic.Readings;

/// <summary>
/// Decodes the usual form of a payload in one pass. It gives up, and leaves the payload to <see cref="ReadingReader"/>, at
/// anything else: repeated fields, escapes, null, a value of another type, unknown fields that are more than a number, a word or
/// a plain string, broken JSON.
/// </summary>
internal static class ReadingScanner
{
    public static bool TryScan(ReadingParser parser, ReadOnlySpan<byte> s, bool namesDetectors)
    {
        int i = 0;
        SkipSpace(s, ref i);
        if (i >= s.Length)
        {
            return false;
        }

        if (s[i] == (byte)'{')
        {
            if (!TryObject(parser, s, ref i, namesDetectors))
            {
                return false;
            }
        }
        else if (s[i] != (byte)'[' || !TryArray(parser, s, ref i, namesDetectors))
        {
            return false;
        }

        SkipSpace(s, ref i);
        return i == s.Length;
    }

    private static bool TryArray(ReadingParser parser, ReadOnlySpan<byte> s, ref int i, bool namesDetectors)
    {
        do
        {
            i++;
            SkipSpace(s, ref i);
            if (i >= s.Length || s[i] != (byte)'{' || parser.IsFull || !TryObject(parser, s, ref i, namesDetectors))
            {
                return false;
            }

            SkipSpace(s, ref i);
        }
        while (i < s.Length && s[i] == (byte)',');
        return i < s.Length && s[i++] == (byte)']';
    }

    private static bool TryObject(ReadingParser parser, ReadOnlySpan<byte> s, ref int i, bool namesDetectors)
    {
        ref ParsedReading reading = ref parser.Add(ReadingRules.Begin(i, namesDetectors));
        FieldBit seen = FieldBit.None;
        do
        {
            i++;
            SkipSpace(s, ref i);
            FieldBit field = Field(s, ref i);
            if (field == FieldBit.None || (seen & field) != 0)
            {
                return false;
            }

            seen |= field & ~FieldBit.Other;
            SkipSpace(s, ref i);
            if (!TryValue(parser, ref reading, s, ref i, field, namesDetectors))
            {
                return false;
            }

            SkipSpace(s, ref i);
        }
        while (i < s.Length && s[i] == (byte)',');
        if (i >= s.Length || s[i] != (byte)'}')
        {
            return false;
        }

        i++;
        ReadingRules.Finish(ref reading, i);
        return true;
    }

    // Which field the name at i is, moving behind its colon; None when it is none of them. The second letter decides.
    private static FieldBit Field(ReadOnlySpan<byte> s, ref int i)
    {
        if (s.Length - i < 6)
        {
            return FieldBit.None; // shorter than any field with a value that we know
        }

        ReadOnlySpan<byte> rest = s[i..];
        FieldBit field = rest[1] switch
        {
            (byte)'t' => Match(rest, "\"ts\":"u8, FieldBit.Timestamp, ref i),
            (byte)'i' => Match(rest, "\"interval\":"u8, FieldBit.Interval, ref i),
            (byte)'v' => Match(rest, "\"volume\":"u8, FieldBit.Volume, ref i),
            (byte)'o' => Match(rest, "\"occupancy\":"u8, FieldBit.Occupancy, ref i),
            (byte)'s' when rest[2] == (byte)'p' => Match(rest, "\"speed\":"u8, FieldBit.Speed, ref i),
            (byte)'s' => Match(rest, "\"seq\":"u8, FieldBit.Sequence, ref i),
            (byte)'c' => Match(rest, "\"classes\":"u8, FieldBit.Classes, ref i),
            (byte)'d' => Match(rest, "\"detector\":"u8, FieldBit.Detector, ref i),
            _ => FieldBit.None,
        };
        return field != FieldBit.None ? field : Other(s, ref i);
    }

    // A plain name that is none of ours. With a space before its colon it might be one: that is left to the reader.
    private static FieldBit Other(ReadOnlySpan<byte> s, ref int i) =>
        TryPlainString(s, ref i, out _) && i < s.Length && s[i++] == (byte)':' ? FieldBit.Other : FieldBit.None;

    private static bool TrySkip(ReadOnlySpan<byte> s, ref int i)
    {
        if (i >= s.Length)
        {
            return false;
        }

        return s[i] switch
        {
            (byte)'"' => TryPlainString(s, ref i, out _),
            (byte)'t' => TryWord(s, ref i, "true"u8),
            (byte)'f' => TryWord(s, ref i, "false"u8),
            (byte)'n' => TryWord(s, ref i, "null"u8),
            _ => JsonNumber.Read(s, ref i, 0, out long _) != NumberStatus.Invalid,
        };
    }

    private static bool TryWord(ReadOnlySpan<byte> s, ref int i, ReadOnlySpan<byte> word)
    {
        bool ok = s[i..].StartsWith(word);
        i += word.Length;
        return ok;
    }

    private static FieldBit Match(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name, FieldBit field, ref int i)
    {
        if (!rest.StartsWith(name))
        {
            return FieldBit.None;
        }

        i += name.Length;
        return field;
    }

    private static bool TryValue(ReadingParser parser, ref ParsedReading reading, ReadOnlySpan<byte> s, ref int i, FieldBit field, bool namesDetectors)
    {
        if (field == FieldBit.Classes)
        {
            return TryClasses(parser, ref reading, s, ref i);
        }

        if (field == FieldBit.Detector && namesDetectors)
        {
            return TryDetector(parser, ref reading, s, ref i);
        }

        if (field is FieldBit.Other or FieldBit.Detector)
        {
            return TrySkip(s, ref i);
        }

        NumberStatus status = Number(s, ref i, field, out long value);
        ReadingRules.Number(ref reading, field, status, value);
        return status != NumberStatus.Invalid;
    }

    private static NumberStatus Number(ReadOnlySpan<byte> s, ref int i, FieldBit field, out long value)
    {
        int scale = ReadingRules.Scale(field);
        if (scale == 0 && JsonNumber.TryPlain(s, ref i, out value))
        {
            return NumberStatus.Exact;
        }

        return JsonNumber.Read(s, ref i, scale, out value);
    }

    private static bool TryDetector(ReadingParser parser, ref ParsedReading reading, ReadOnlySpan<byte> s, ref int i)
    {
        if (!TryPlainString(s, ref i, out ReadOnlySpan<byte> id))
        {
            return false;
        }

        parser.SetDetector(ref reading, id);
        return true;
    }

    private static bool TryClasses(ReadingParser parser, ref ParsedReading reading, ReadOnlySpan<byte> s, ref int i)
    {
        if (i >= s.Length || s[i] != (byte)'{')
        {
            return false;
        }

        int start = parser.ClassCount;
        do
        {
            i++;
            SkipSpace(s, ref i);
            if (!TryPlainString(s, ref i, out ReadOnlySpan<byte> name) || i >= s.Length || s[i++] != (byte)':')
            {
                return false;
            }

            SkipSpace(s, ref i);
            NumberStatus status = JsonNumber.TryPlain(s, ref i, out long volume) ? NumberStatus.Exact : JsonNumber.Read(s, ref i, 0, out volume);
            if (!parser.TryAddClass(start, name, status, volume))
            {
                return false;
            }

            SkipSpace(s, ref i);
        }
        while (i < s.Length && s[i] == (byte)',');
        reading.ClassStart = start;
        reading.ClassCount = parser.ClassCount - start;
        ReadingRules.May(ref reading, ReadingFields.Classes, good: true);
        return i < s.Length && s[i++] == (byte)'}';
    }

    // A short string of printable ASCII without escapes; our names are no longer than an id.
    private static bool TryPlainString(ReadOnlySpan<byte> s, ref int i, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (i >= s.Length || s[i] != (byte)'"')
        {
            return false;
        }

        int start = ++i;
        while (i < s.Length && s[i] is >= 0x20 and < 0x7F and not (byte)'\\' and not (byte)'"')
        {
            i++;
        }

        text = s[start..i];
        return i < s.Length && s[i++] == (byte)'"';
    }

    private static void SkipSpace(ReadOnlySpan<byte> s, ref int i)
    {
        while (i < s.Length && s[i] <= 0x20 && s[i] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            i++;
        }
    }
}
