using System.Buffers;
using System.Text;

namespace TrafficCore.Boards.Multi;

/// <summary>
/// Composes NTCIP 1203 MULTI text that a given board can show.
/// </summary>
/// <remarks>
/// Only plain text goes in; every tag is written here. Text that came from outside (ids, names) can therefore never smuggle a
/// tag into a message: literal brackets are doubled as MULTI asks.
/// </remarks>
public static class MultiText
{
    /// <summary>Separates the wordings of a line, from the longest to the shortest: <c>SLOW TRAFFIC AHEAD|SLOW TRAFFIC|SLOW</c>.</summary>
    public const char AlternativeSeparator = '|';

    // Page justification middle: what fits on a board of any height stands in the middle of it.
    private const string PageJustification = "[jp3]";

    private static readonly SearchValues<char> Brackets = SearchValues.Create("[]");

    /// <summary>
    /// The MULTI string for some lines of plain text on a board of the given size.
    /// </summary>
    /// <param name="lines">Plain text; a line may offer shorter wordings behind <see cref="AlternativeSeparator"/>.</param>
    /// <param name="boardLines">Lines of one page.</param>
    /// <param name="boardCharacters">Cells of one line.</param>
    /// <param name="boardPages">Pages; lines that do not fit on the last one are dropped.</param>
    /// <returns>The message; empty, which blanks the board, when nothing is left to show.</returns>
    public static string Compose(IEnumerable<string> lines, int boardLines, int boardCharacters, int boardPages)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var room = Math.Max(1, boardLines) * Math.Max(1, boardPages);
        var multi = new StringBuilder();
        var written = 0;
        foreach (var line in lines)
        {
            var text = Fit(line, boardCharacters);
            if (text.Length == 0)
            {
                continue;
            }

            if (written == room)
            {
                break;
            }

            multi.Append(written == 0 ? PageJustification : written % Math.Max(1, boardLines) == 0 ? "[np]" + PageJustification : "[nl]");
            AppendEscaped(multi, text);
            written++;
        }

        return multi.ToString();
    }

    /// <summary>Doubles literal brackets and drops control characters, so that the text can never be read as a tag.</summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = new StringBuilder(text.Length);
        AppendEscaped(escaped, Clean(text));
        return escaped.ToString();
    }

    /// <summary>Cells that a text takes on a character board: an East Asian wide character takes two.</summary>
    public static int Width(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += IsWide(rune.Value) ? 2 : 1;
        }

        return width;
    }

    /// <summary>The first wording that fits; else whole words of the shortest; else as many of its characters as fit.</summary>
    internal static string Fit(string line, int characters)
    {
        var shortest = "";
        foreach (var wording in line.Split(AlternativeSeparator))
        {
            shortest = Clean(wording).Trim();
            if (Width(shortest) <= characters)
            {
                return shortest;
            }
        }

        var cut = Cut(shortest, characters);
        var space = cut.LastIndexOf(' ');
        return space > 0 && cut.Length < shortest.Length && shortest[cut.Length] != ' ' ? cut[..space] : cut.TrimEnd();
    }

    private static string Cut(string text, int characters)
    {
        var width = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += IsWide(rune.Value) ? 2 : 1;
            if (width > characters)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    private static string Clean(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        return string.Concat(text.Where(c => !char.IsControl(c)));
    }

    private static void AppendEscaped(StringBuilder target, string text)
    {
        if (!text.AsSpan().ContainsAny(Brackets))
        {
            target.Append(text);
            return;
        }

        foreach (var c in text)
        {
            target.Append(c);
            if (c is '[' or ']')
            {
                target.Append(c);
            }
        }
    }

    // The blocks of Unicode's East Asian Width classes W and F that occur in signs: Hangul Jamo, CJK and kana, Hangul
    // syllables, compatibility ideographs, full-width forms, the supplementary ideographic planes.
    private static bool IsWide(int c) =>
        c is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF
            or >= 0xFE30 and <= 0xFE4F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 or >= 0x20000 and <= 0x3FFFD;
}
