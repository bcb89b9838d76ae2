using System.Text;

namespace TrafficCore.Boards.Multi;

/// <summary>Says whether a MULTI string fits a board whose face is fixed cells, and what does not.</summary>
public static class MultiLayout
{
    // Classic colours by number, as NTCIP 1203 lists them.
    private static readonly string[] Classic = ["black", "red", "yellow", "green", "cyan", "blue", "magenta", "white", "orange", "amber"];

    // Cells of each live field without a width: time 12 h, time 24 h, two temperatures, two speeds, weekday, day, month, year, year, AM, am.
    private static readonly int[] FieldWidths = [5, 5, 3, 3, 3, 3, 3, 2, 2, 2, 4, 2, 2];

    /// <summary>Everything that keeps the board from showing the message as it is meant; empty when it can.</summary>
    public static IReadOnlyList<string> Problems(string multi, BoardFace face)
    {
        ArgumentNullException.ThrowIfNull(face);
        List<string> problems = [.. MultiString.Problems(multi)];
        var (page, line, width) = (1, 1, 0);
        foreach (var item in MultiParser.Parse(multi).Where(item => item.Problem is null))
        {
            switch (item.Kind)
            {
                case MultiKind.NewPage:
                    CheckLine(problems, face, page++, line, width);
                    (line, width) = (1, 0);
                    break;
                case MultiKind.NewLine:
                    CheckLine(problems, face, page, line++, width);
                    width = 0;
                    break;
                default:
                    width += WidthOf(item);
                    problems.AddRange(ProblemOf(item, face));
                    break;
            }
        }

        CheckLine(problems, face, page, line, width);
        if (page > face.Pages)
        {
            problems.Add(FormattableString.Invariant($"{page} pages, the board has {face.Pages}"));
        }

        return problems;
    }

    private static void CheckLine(List<string> problems, BoardFace face, int page, int line, int width)
    {
        if (width > face.Characters)
        {
            problems.Add(FormattableString.Invariant($"page {page}, line {line}: {width} cells, a line of the board has {face.Characters}"));
        }

        if (line == face.Lines + 1)
        {
            problems.Add(FormattableString.Invariant($"page {page} has more than the board's {face.Lines} lines"));
        }
    }

    private static int WidthOf(MultiItem item) => item.Kind switch
    {
        MultiKind.Text => CellWidth.Of(item.Content),
        MultiKind.HexadecimalCharacter => Rune.IsValid(item.Numbers[0]) ? CellWidth.Of(new Rune(item.Numbers[0])) : 1,
        MultiKind.Field => item.Numbers.Length == 2 ? item.Numbers[1] : FieldWidths[item.Numbers[0] - 1],
        _ => 0,
    };

    private static IEnumerable<string> ProblemOf(MultiItem item, BoardFace face) => item.Kind switch
    {
        MultiKind.ForegroundColor or MultiKind.MessageBackground or MultiKind.PageBackground => ColorProblem(item, face),
        MultiKind.Font or MultiKind.CharacterSpacing or MultiKind.Graphic or MultiKind.ColorRectangle or MultiKind.TextRectangle or MultiKind.MovingText
            or MultiKind.Manufacturer => [FormattableString.Invariant($"at {item.Offset}: [{item.Content}] needs a board of pixels; this one is known by its cells only")],
        _ => [],
    };

    private static IEnumerable<string> ColorProblem(MultiItem item, BoardFace face)
    {
        // Without values it is the board's own default, and every board can be dark.
        var isBackground = item.Kind != MultiKind.ForegroundColor;
        if (item.Numbers.Length == 0 || (isBackground && item.Numbers.All(n => n == 0)) || Has(face, "rgb"))
        {
            yield break;
        }

        var name = item.Numbers.Length == 1 && item.Numbers[0] < Classic.Length ? Classic[item.Numbers[0]] : null;
        if (name is null || !Has(face, name))
        {
            yield return FormattableString.Invariant($"at {item.Offset}: [{item.Content}] is {name ?? "a colour"} and the board has {(face.Colors.Count == 0 ? "no known colours" : string.Join(", ", face.Colors))}");
        }
    }

    private static bool Has(BoardFace face, string color) => face.Colors.Contains(color, StringComparer.OrdinalIgnoreCase);
}
