using System.Globalization;
using System.Text;

namespace TrafficCore.Boards.Multi;

/// <summary>Cells that text takes on a character board: an East Asian wide character takes two, a combining mark none.</summary>
internal static class CellWidth
{
    public static int Of(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Of(rune);
        }

        return width;
    }

    public static int Of(Rune rune) =>
        IsWide(rune.Value) ? 2 : Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0 : 1;

    // The blocks of Unicode's East Asian Width classes W and F that occur in signs: Hangul Jamo, CJK and kana, Hangul
    // syllables, compatibility ideographs, full-width forms, the supplementary ideographic planes.
    public static bool IsWide(int c) =>
        c is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0x303E or >= 0x3041 and <= 0xA4CF or >= 0xA960 and <= 0xA97F or >= 0xAC00 and <= 0xD7A3
            or >= 0xF900 and <= 0xFAFF or >= 0xFE10 and <= 0xFE19 or >= 0xFE30 and <= 0xFE6F or >= 0xFF01 and <= 0xFF60
            or >= 0xFFE0 and <= 0xFFE6 or >= 0x20000 and <= 0x3FFFD;
}
