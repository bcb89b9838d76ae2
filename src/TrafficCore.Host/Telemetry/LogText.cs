using System.Globalization;
using System.Text;

namespace TrafficCore.Host.Telemetry;

/// <summary>Text of a log line: what clients and files put into it can neither begin a line of its own nor steer a terminal.</summary>
internal static class LogText
{
    /// <summary>Writes text with every character that is not printable escaped as <c>\u000A</c>, and cut after <paramref name="limit"/> characters.</summary>
    public static void Write(TextWriter target, ReadOnlySpan<char> text, int limit)
    {
        var shown = text[..Math.Min(text.Length, limit)];
        Span<char> pair = stackalloc char[2];
        foreach (var rune in shown.EnumerateRunes())
        {
            if (IsPrintable(rune))
            {
                target.Write(pair[..rune.EncodeToUtf16(pair)]);
            }
            else
            {
                target.Write(rune.IsBmp ? "\\u" : "\\U");
                target.Write(rune.Value.ToString(rune.IsBmp ? "X4" : "X8", CultureInfo.InvariantCulture));
            }
        }

        if (shown.Length < text.Length)
        {
            target.Write(string.Create(CultureInfo.InvariantCulture, $"... ({text.Length} characters)"));
        }
    }

    // Format characters too: they turn the order of what follows around, or are not seen at all.
    private static bool IsPrintable(Rune rune) => rune.IsAscii
        ? rune.Value is >= 0x20 and < 0x7F
        : Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
