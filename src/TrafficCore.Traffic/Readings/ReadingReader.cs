using System.Text.Json;

namespace TrafficCore.Traffic.Readings;

/// <summary>Decodes any valid JSON: the complete way beside <see cref="ReadingScanner"/>. Of a repeated field the last counts.</summary>
internal static class ReadingReader
{
    // Longest name that means something to us is an id; longer ones are none of ours.
    private const int MaxName = 64;

    public static PayloadStatus Read(ReadingParser parser, ReadOnlySpan<byte> json, int offset, bool namesDetectors)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonSyntax.MaxDepth });
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadObject(parser, ref reader, offset, namesDetectors);
                return PayloadStatus.Ok;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (parser.IsFull)
                    {
                        return PayloadStatus.TooLarge;
                    }

                    ReadElement(parser, ref reader, offset, namesDetectors);
                }

                return PayloadStatus.Ok;
            default:
                return PayloadStatus.BadShape;
        }
    }

    private static void ReadElement(ReadingParser parser, ref Utf8JsonReader reader, int offset, bool namesDetectors)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(parser, ref reader, offset, namesDetectors);
            return;
        }

        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        parser.Add(new ParsedReading
        {
            Fault = ReadingFault.BadShape, Offset = offset + start, Length = (int)reader.BytesConsumed - start,
        });
    }

    private static void ReadObject(ReadingParser parser, ref Utf8JsonReader reader, int offset, bool namesDetectors)
    {
        ref ParsedReading reading = ref parser.Add(ReadingRules.Begin(offset + (int)reader.TokenStartIndex, namesDetectors));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            FieldBit field = FieldOf(reader);
            reader.Read();
            switch (field)
            {
                case FieldBit.None:
                    break;
                case FieldBit.Classes:
                    ReadClasses(parser, ref reading, ref reader);
                    break;
                case FieldBit.Detector:
                    ReadDetector(parser, ref reading, reader, namesDetectors);
                    break;
                default:
                    ReadNumber(ref reading, reader, field);
                    break;
            }

            reader.Skip();
        }

        ReadingRules.Finish(ref reading, offset + (int)reader.BytesConsumed);
    }

    private static void ReadDetector(ReadingParser parser, ref ParsedReading reading, in Utf8JsonReader reader, bool namesDetectors)
    {
        if (namesDetectors)
        {
            Span<byte> buffer = stackalloc byte[MaxName];
            parser.SetDetector(ref reading, reader.TokenType == JsonTokenType.String ? Text(reader, buffer) : default);
        }
    }

    private static void ReadNumber(ref ParsedReading reading, in Utf8JsonReader reader, FieldBit field)
    {
        if (reader.TokenType == JsonTokenType.Null && field != FieldBit.Volume)
        {
            ReadingRules.Absent(ref reading, (ReadingFields)field);
            return;
        }

        int i = 0;
        long value = 0;
        NumberStatus status = reader.TokenType == JsonTokenType.Number
            ? JsonNumber.Read(reader.ValueSpan, ref i, ReadingRules.Scale(field), out value)
            : NumberStatus.Invalid;
        ReadingRules.Number(ref reading, field, status, value);
    }

    private static FieldBit FieldOf(in Utf8JsonReader reader)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        ReadOnlySpan<byte> name = Text(reader, buffer);
        return name switch
        {
            _ when name.SequenceEqual("ts"u8) => FieldBit.Timestamp,
            _ when name.SequenceEqual("interval"u8) => FieldBit.Interval,
            _ when name.SequenceEqual("volume"u8) => FieldBit.Volume,
            _ when name.SequenceEqual("occupancy"u8) => FieldBit.Occupancy,
            _ when name.SequenceEqual("speed"u8) => FieldBit.Speed,
            _ when name.SequenceEqual("seq"u8) => FieldBit.Sequence,
            _ when name.SequenceEqual("classes"u8) => FieldBit.Classes,
            _ when name.SequenceEqual("detector"u8) => FieldBit.Detector,
            _ => FieldBit.None,
        };
    }

    // The classes of a reading stand or fall together: with one of them unknown, the others would claim to be all.
    private static void ReadClasses(ReadingParser parser, ref ParsedReading reading, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            ReadingRules.Absent(ref reading, ReadingFields.Classes);
            reading.ClassCount = 0;
            return;
        }

        int start = parser.ClassCount;
        bool good = reader.TokenType == JsonTokenType.StartObject && ReadClassList(parser, start, ref reader);
        if (!good)
        {
            parser.DropClasses(start);
        }

        reading.ClassStart = start;
        reading.ClassCount = good ? parser.ClassCount - start : 0;
        ReadingRules.May(ref reading, ReadingFields.Classes, good);
    }

    // Reads to the end of the object even when it is no good, so that the reader stands behind it.
    private static bool ReadClassList(ReadingParser parser, int start, ref Utf8JsonReader reader)
    {
        bool good = true;
        Span<byte> buffer = stackalloc byte[MaxName];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = Text(reader, buffer);
            reader.Read();
            int i = 0;
            long volume = 0;
            NumberStatus status =
                reader.TokenType == JsonTokenType.Number ? JsonNumber.Read(reader.ValueSpan, ref i, 0, out volume) : NumberStatus.Invalid;
            good = good && parser.TryAddClass(start, name, status, volume);
            reader.Skip();
        }

        return good;
    }

    private static ReadOnlySpan<byte> Text(in Utf8JsonReader reader, Span<byte> buffer)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        return JsonText.TryUnescape(reader.ValueSpan, buffer, out int length) ? buffer[..length] : default;
    }
}
