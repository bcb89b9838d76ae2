using System.Buffers;
using System.Globalization;
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

        WriteReason(json, message.Reason);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
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
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A window length as tags and queries write it, in seconds: <c>60s</c>.</summary>
    internal static string Window(long length) => string.Create(CultureInfo.InvariantCulture, $"{length / 1000}s");

    private static void WriteReason(Utf8JsonWriter json, BoardReason reason)
    {
        json.WriteStartObject("reason"u8);
        json.WriteString("rule"u8, reason.Rule);
        json.WriteStartObject("because"u8);
        json.WriteString("event"u8, reason.Because);
        if (reason.Evidence is { } evidence)
        {
            json.WriteString("approach"u8, evidence.Approach.ToString());
            json.WriteString("metric"u8, evidence.Metric == BoardMetric.Occupancy ? "occupancy" : "speedRatio");
            json.WriteNumber("value"u8, Math.Round(evidence.Value, 3));
            json.WriteNumber("enter"u8, evidence.Enter);
            json.WriteNumber("exit"u8, evidence.Exit);
            json.WriteString("window"u8, Window(evidence.Length));
            json.WriteString("start"u8, DateTimeOffset.FromUnixTimeMilliseconds(evidence.Start).UtcDateTime);
            json.WriteNumber("coverage"u8, Math.Round(evidence.Coverage, 3));
            json.WriteNumber("revision"u8, evidence.Revision);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

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
