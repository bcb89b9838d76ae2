using System.Globalization;
using System.Text;

namespace TrafficCore.Boards.Multi;

/// <summary>
/// Composes NTCIP 1203 MULTI text that a given board can show.
/// </summary>
/// <remarks>
/// Only plain text goes in; every tag is written here. Text that came from outside (ids, names, operators) can therefore never smuggle a
/// tag into a message: literal brackets are doubled as MULTI asks.
/// </remarks>
public static class MultiText
{
    /// <summary>Separates the wordings of a line, from the longest to the shortest: <c>SLOW TRAFFIC AHEAD|SLOW TRAFFIC|SLOW</c>.</summary>
    public const char AlternativeSeparator = '|';

    /// <summary>Phases of a message at most: drivers do not read more than two at speed, however many pages a board has.</summary>
    public const int MaxPhases = 2;

    // Both in the middle: what fits on a board of any size stands in the middle of it.
    private const string Justification = "[jp3][jl3]";

    /// <summary>The MULTI string for some lines of plain text on a board.</summary>
    /// <param name="lines">Plain text; a line may offer shorter wordings behind <see cref="AlternativeSeparator"/>.</param>
    /// <param name="face">The board. Lines that do not fit on the last phase are dropped.</param>
    /// <returns>The message; empty, which blanks the board, when nothing is left to show.</returns>
    public static string Compose(IEnumerable<string> lines, BoardFace face)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(face);
        var pages = lines.Select(line => Fit(line, face.Characters)).Where(text => text.Length > 0)
            .Chunk(Math.Max(1, face.Lines)).Take(Math.Clamp(face.Pages, 1, MaxPhases)).ToList();
        var multi = new StringBuilder();
        foreach (var page in pages)
        {
            if (multi.Length > 0)
            {
                multi.Append("[np]");
            }

            if (pages.Count > 1)
            {
                multi.Append(CultureInfo.InvariantCulture, $"[pt{PhaseTime.On(page)}o{PhaseTime.Off}]");
            }

            multi.Append(Justification);
            for (var i = 0; i < page.Length; i++)
            {
                multi.Append(i == 0 ? "" : "[nl]");
                MultiString.AppendEscaped(multi, page[i]);
            }
        }

        return multi.ToString();
    }

    /// <summary>What <see cref="Compose"/> would cut or drop; empty when everything fits.</summary>
    public static IReadOnlyList<string> Problems(IReadOnlyList<string> lines, BoardFace face)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(face);
        List<string> problems = [];
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Split(AlternativeSeparator).All(wording => CellWidth.Of(Clean(wording).Trim()) > face.Characters))
            {
                problems.Add(FormattableString.Invariant($"line {i + 1}: no wording fits the board's {face.Characters} cells"));
            }

            if (lines[i].EnumerateRunes().FirstOrDefault(rune => !MultiParser.IsText(rune)) is { Value: not 0 } wrong)
            {
                problems.Add(FormattableString.Invariant($"line {i + 1}: U+{wrong.Value:X4} is not a character that boards can show"));
            }
        }

        var (room, written) = (face.Lines * Math.Clamp(face.Pages, 1, MaxPhases), lines.Count(line => Fit(line, face.Characters).Length > 0));
        if (written == 0)
        {
            problems.Add("shows nothing");
        }
        else if (written > room)
        {
            problems.Add(FormattableString.Invariant($"{written} lines, the board has room for {room}"));
        }

        return problems;
    }

    /// <summary>The first wording that fits; else whole words of the shortest; else as many of its characters as fit.</summary>
    internal static string Fit(string line, int characters)
    {
        var shortest = "";
        foreach (var wording in line.Split(AlternativeSeparator))
        {
            shortest = Clean(wording).Trim();
            if (CellWidth.Of(shortest) <= characters)
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
        var (width, length) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            width += CellWidth.Of(rune);
            if (width > characters)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    // What no board can show is left out, like control characters.
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Where(MultiParser.IsText));
}
