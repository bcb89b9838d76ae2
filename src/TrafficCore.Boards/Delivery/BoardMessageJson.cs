using System.Buffers;
using System.Text.Json;
using TrafficCore.Boards.Rules;

namespace TrafficCore.Boards.Delivery;

/// <summary>The JSON of board messages and board status, as devices see it.</summary>
public static class BoardMessageJson
{
    /// <summary>Writes a message.</summary>
    public static byte[] Write(BoardMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("id"u8, message.Id);
        json.WriteString("multi"u8, message.Multi);
        if (message.Priority is { } priority)
        {
            json.WriteNumber("priority"u8, priority);
        }

        if (message.Expires is { } expires)
        {
            json.WriteNumber("expires"u8, expires);
        }

        json.WritePropertyName("reason"u8);
        ReasonJson.Write(json, message.Reason);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Reads the payload of a device's <c>state</c> topic: <c>online</c>, <c>offline</c>, or an object with <c>state</c>; null when it is neither.
    /// </summary>
    public static bool? ReadOnline(ReadOnlySpan<byte> payload)
    {
        if (payload.SequenceEqual("online"u8) || payload.SequenceEqual("offline"u8))
        {
            return payload.Length == "online"u8.Length;
        }

        try
        {
            var reader = new Utf8JsonReader(payload);
            using var document = JsonDocument.ParseValue(ref reader);
            var state = document.RootElement.ValueKind == JsonValueKind.Object ? Text(document.RootElement, "state") : null;
            return state is "online" or "offline" ? state == "online" : null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>Reads a status payload; null when it is not one.</summary>
    public static BoardStatus? ReadStatus(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "state") is not ("shown" or "blank" or "rejected" or "failed"))
            {
                return null;
            }

            long? ts = root.TryGetProperty("ts", out var t) && t.ValueKind == JsonValueKind.Number && t.TryGetInt64(out var ms) ? ms : null;
            return new BoardStatus(Text(root, "id"), Text(root, "state")!, Text(root, "multi"), ts, Text(root, "error"));
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    // Strings that are not UTF-8 or hold half a surrogate pair pass the parser and throw when they are read.
    private static bool IsUnreadable(Exception error) => error is JsonException or InvalidOperationException;

    private static string? Text(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var text = value.GetString()!;

        // 2,048 characters: a long MULTI string; whatever a device adds beyond is not kept in memory.
        return text.Length <= 2048 ? text : text[..2048];
    }
}
