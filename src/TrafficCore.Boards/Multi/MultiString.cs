using System.Text;

namespace TrafficCore.Boards.Multi;

/// <summary>What can be said of a MULTI string without knowing the board: its normal form, whether it shows anything, its text.</summary>
public static class MultiString
{
    /// <summary>
    /// The same message in its shortest form: what is wrong is left out, tags are in lower case, one that sets what is set already and
    /// everything behind the last visible part are dropped. Two strings that show the same are not always equal, but equal ones always show the same.
    /// </summary>
    public static string Normalize(string multi)
    {
        var items = MultiParser.Parse(multi).Where(item => item.Problem is null).ToList();
        while (items.Count > 0 && !items[^1].IsVisible)
        {
            items.RemoveAt(items.Count - 1);
        }

        var normal = new StringBuilder(multi.Length);
        var current = new Dictionary<MultiKind, string>();
        foreach (var item in items)
        {
            if (item.Kind == MultiKind.Text)
            {
                AppendEscaped(normal, item.Content);
            }
            else if (!IsAttribute(item.Kind) || current.GetValueOrDefault(item.Kind, item.Content[..2]) != item.Content)
            {
                normal.Append('[').Append(item.Content).Append(']');
                current[item.Kind] = item.Content;
            }
        }

        return normal.ToString();
    }

    /// <summary>Whether a string leaves the board dark.</summary>
    public static bool IsBlank(string multi) => !MultiParser.Parse(multi).Any(item => item.IsVisible);

    /// <summary>The texts of a string, without any tag, joined by a separator.</summary>
    public static string JoinText(string multi, string separator) =>
        string.Join(separator, MultiParser.Parse(multi).Where(item => item.Kind == MultiKind.Text).Select(item => item.Content));

    /// <summary>Everything that is wrong with a string, with the place of each; empty when it is valid.</summary>
    public static IReadOnlyList<string> Problems(string multi) =>
        [.. MultiParser.Parse(multi).Where(item => item.Problem is not null).Select(item => FormattableString.Invariant($"at {item.Offset}: {item.Problem}"))];

    /// <summary>Doubles literal brackets, so that text can never be read as a tag.</summary>
    internal static void AppendEscaped(StringBuilder target, string text)
    {
        foreach (var c in text)
        {
            target.Append(c);
            if (c is '[' or ']')
            {
                target.Append(c);
            }
        }
    }

    // An attribute without values is the default, which holds at the beginning of every message.
    private static bool IsAttribute(MultiKind kind) => kind is MultiKind.LineJustification or MultiKind.PageJustification or MultiKind.Font
        or MultiKind.ForegroundColor or MultiKind.MessageBackground or MultiKind.PageBackground or MultiKind.PageTime;
}
