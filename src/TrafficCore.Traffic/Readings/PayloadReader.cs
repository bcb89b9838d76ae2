using System.Text.Json;
using System.Text.Unicode;

namespace TrafficCore.Traffic.Readings;

/// <summary>Takes in the elements of a payload, one after the other.</summary>
internal interface IPayloadElements
{
    /// <summary>Elements so far.</summary>
    int Count { get; }

    /// <summary>Reads the object that begins at the reader's token, to its end.</summary>
    /// <param name="reader">At the beginning of the object; at its end afterwards.</param>
    /// <param name="offset">Where the reader's text begins in the payload.</param>
    void ReadObject(ref Utf8JsonReader reader, int offset);

    /// <summary>An element that is no object.</summary>
    void Misshapen(int offset, int length);
}

/// <summary>Walks through any valid JSON that is one object, or an array whose elements are judged one by one.</summary>
internal static class PayloadReader
{
    public static PayloadStatus Read<T>(ReadOnlySpan<byte> payload, T elements)
        where T : struct, IPayloadElements
    {
        if (!TryOpen(payload, out Utf8JsonReader reader, out int offset))
        {
            return PayloadStatus.BadJson;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                elements.ReadObject(ref reader, offset);
                return PayloadStatus.Ok;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (elements.Count == ReadingLimits.MaxElements)
                    {
                        return PayloadStatus.TooLarge;
                    }

                    ReadElement(elements, ref reader, offset);
                }

                return PayloadStatus.Ok;
            default:
                return PayloadStatus.BadShape;
        }
    }

    /// <summary>Opens a payload at its first token; false when it is not JSON in UTF-8.</summary>
    /// <param name="payload">The payload; a byte order mark is skipped.</param>
    /// <param name="reader">At the first token.</param>
    /// <param name="offset">Where the reader's text begins in the payload.</param>
    public static bool TryOpen(ReadOnlySpan<byte> payload, out Utf8JsonReader reader, out int offset)
    {
        offset = payload.StartsWith("\uFEFF"u8) ? 3 : 0;
        ReadOnlySpan<byte> json = payload[offset..];
        reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonSyntax.MaxDepth });
        return Utf8.IsValid(json) && JsonSyntax.IsValid(json) && reader.Read();
    }

    private static void ReadElement<T>(T elements, ref Utf8JsonReader reader, int offset)
        where T : struct, IPayloadElements
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            elements.ReadObject(ref reader, offset);
            return;
        }

        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        elements.Misshapen(offset + start, (int)reader.BytesConsumed - start);
    }
}
