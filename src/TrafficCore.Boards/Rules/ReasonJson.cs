using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TrafficCore.Boards.Rules;

/// <summary>A reason as devices, the board log and the history write it: the same reason is the same bytes.</summary>
public static class ReasonJson
{
    /// <summary>The reason as text.</summary>
    public static string Text(BoardReason reason)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        Write(json, reason);
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the reason as one object.</summary>
    internal static void Write(Utf8JsonWriter json, BoardReason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        json.WriteStartObject();
        json.WriteString("rule"u8, reason.Rule);
        if (reason.Version is { } version)
        {
            json.WriteNumber("version"u8, version);
        }

        WriteIfKnown(json, "step"u8, reason.Step);
        json.WriteStartObject("because"u8);
        WriteCause(json, reason);
        json.WriteEndObject();
        if (reason.Lost.Count > 0)
        {
            WriteLost(json, reason.Lost);
        }

        json.WriteEndObject();
    }

    private static void WriteCause(Utf8JsonWriter json, BoardReason reason)
    {
        json.WriteString("event"u8, reason.Because);
        if (reason.Since is { } since)
        {
            WriteInstant(json, "since"u8, since);
        }

        WriteIfKnown(json, "held"u8, reason.Held);
        if (reason.ByClock)
        {
            json.WriteString("decidedBy"u8, "clock"u8);
        }

        WriteIfKnown(json, "author"u8, reason.Author);
        WriteIfKnown(json, "note"u8, reason.Note);
        if (reason.Evidence is not { } evidence)
        {
            return;
        }

        json.WriteString("approach"u8, evidence.Approach.ToString());
        json.WriteString("window"u8, string.Create(CultureInfo.InvariantCulture, $"{evidence.Length / 1000}s"));
        WriteWindow(json, evidence.Latest);
        json.WriteStartArray("windows"u8);
        foreach (var window in evidence.Windows)
        {
            json.WriteStartObject();
            WriteWindow(json, window);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteWindow(Utf8JsonWriter json, WindowEvidence window)
    {
        WriteInstant(json, "start"u8, window.Start);
        json.WriteString("metric"u8, ReasonText.Metric(window.Metric));
        json.WriteNumber("value"u8, Math.Round(window.Value, 3));
        json.WriteNumber("enter"u8, window.Enter);
        json.WriteNumber("exit"u8, window.Exit);
        json.WriteNumber("coverage"u8, Math.Round(window.Coverage, 3));
        json.WriteNumber("revision"u8, window.Revision);
        if (window.IsStanding)
        {
            json.WriteBoolean("standing"u8, true);
        }
    }

    private static void WriteLost(Utf8JsonWriter json, IReadOnlyList<BoardLoser> lost)
    {
        json.WriteStartArray("lost"u8);
        foreach (var loser in lost)
        {
            json.WriteStartObject();
            json.WriteString("rule"u8, loser.Rule);
            WriteIfKnown(json, "step"u8, loser.Step);
            json.WriteNumber("priority"u8, loser.Priority);
            json.WriteString("why"u8, loser.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteIfKnown(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteInstant(Utf8JsonWriter json, ReadOnlySpan<byte> name, long unixMilliseconds) =>
        json.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime);
}
