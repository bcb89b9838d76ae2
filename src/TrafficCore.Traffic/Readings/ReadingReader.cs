using System.Text.Json;

namespace TrafficCore.Traffic.Readings;

/// <summary>Decodes any valid JSON: the complete way beside <see cref="ReadingScanner"/>. Of a repeated field the last counts.</summary>
internal readonly struct ReadingReader(ReadingParser parser, bool namesDetectors) : IPayloadElements
{
    public int Count => parser.Readings.Length;

    public void Misshapen(int offset, int length) =>
        parser.Add(new ParsedReading { Fault = ReadingFault.BadShape, Offset = offset, Length = length });

    public void ReadObject(ref Utf8JsonReader reader, int offset)
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
                    ReadClasses(ref reading, ref reader);
                    break;
                case FieldBit.Detector:
                    ReadDetector(ref reading, reader);
                    break;
                default:
                    ReadNumber(ref reading, reader, field);
                    break;
            }

            reader.Skip();
        }

        ReadingRules.Finish(ref reading, offset + (int)reader.BytesConsumed);
    }

    private void ReadDetector(ref ParsedReading reading, in Utf8JsonReader reader)
    {
        if (namesDetectors)
        {
            Span<byte> buffer = stackalloc byte[JsonText.MaxName];
            parser.SetDetector(ref reading, reader.TokenType == JsonTokenType.String ? JsonText.Of(reader, buffer) : default);
        }
    }

    private static void ReadNumber(ref ParsedReading reading, in Utf8JsonReader reader, FieldBit field)
    {
        if (reader.TokenType == JsonTokenType.Null && field != FieldBit.Volume)
        {
            ReadingRules.Absent(ref reading, (ReadingFields)field);
            return;
        }

        NumberStatus status = JsonNumber.Read(reader, ReadingRules.Scale(field), out long value);
        ReadingRules.Number(ref reading, field, status, value);
    }

    private static FieldBit FieldOf(in Utf8JsonReader reader)
    {
        Span<byte> buffer = stackalloc byte[JsonText.MaxName];
        ReadOnlySpan<byte> name = JsonText.Of(reader, buffer);
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
    private void ReadClasses(ref ParsedReading reading, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            ReadingRules.Absent(ref reading, ReadingFields.Classes);
            reading.ClassCount = 0;
            return;
        }

        int start = parser.ClassCount;
        bool good = reader.TokenType == JsonTokenType.StartObject && ReadClassList(start, ref reader);
        if (!good)
        {
            parser.DropClasses(start);
        }

        reading.ClassStart = start;
        reading.ClassCount = good ? parser.ClassCount - start : 0;
        ReadingRules.May(ref reading, ReadingFields.Classes, good);
    }

    // Reads to the end of the object even when it is no good, so that the reader stands behind it.
    private bool ReadClassList(int start, ref Utf8JsonReader reader)
    {
        bool good = true;
        Span<byte> buffer = stackalloc byte[JsonText.MaxName];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = JsonText.Of(reader, buffer);
            reader.Read();
            NumberStatus status = JsonNumber.Read(reader, 0, out long volume);
            good = good && parser.TryAddClass(start, name, status, volume);
            reader.Skip();
        }

        return good;
    }
}
