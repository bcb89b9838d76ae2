using System.Text;

namespace TrafficCore.Boards.Multi;

/// <summary>How long a page of a message that alternates has to stand, by the rule of the Human Factors Guidelines for Road Systems.</summary>
internal static class PhaseTime
{
    /// <summary>Between two phases the board is dark for 0.3 s, so that a driver sees that it changed.</summary>
    public const int Off = 3;

    // 2 s for each unit of information, 1 s for each word of 4 to 8 letters; the longer of the two. Tenths of a second.
    private const int PerUnit = 20;
    private const int PerWord = 10;
    private const int LongWord = 8;

    // The field of the tag is one byte.
    private const int Longest = 255;

    /// <summary>Tenths of a second for a page with the given lines; each line answers one question, so it is one unit of information.</summary>
    public static int On(IReadOnlyList<string> lines) => On(lines.Count, lines.Sum(Words));

    public static int On(int units, int words) => Math.Min(Longest, Math.Max(PerUnit * units, PerWord * words));

    /// <summary>A word with more than 8 letters counts as two. Where no spaces are written, two characters are a word, as they are in Chinese as a rule.</summary>
    private static int Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Sum(static word =>
    {
        var (wide, narrow) = (0, 0);
        foreach (var rune in word.EnumerateRunes())
        {
            _ = CellWidth.IsWide(rune.Value) ? wide++ : narrow++;
        }

        return ((wide + 1) / 2) + ((narrow + LongWord - 1) / LongWord);
    });
}
