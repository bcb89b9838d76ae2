using System.Buffers;
using System.Globalization;
using System.Text;

namespace TrafficCore.Boards.Multi;

/// <summary>
/// Takes a MULTI string apart. Whatever the input, the parts that are valid make a valid message; what is wrong is a part of its own
/// that says so, and a caller decides whether to refuse the whole or to leave that part out.
/// </summary>
internal static class MultiParser
{
    private static readonly SearchValues<char> Brackets = SearchValues.Create("[]");

    public static IReadOnlyList<MultiItem> Parse(string multi)
    {
        ArgumentNullException.ThrowIfNull(multi);
        List<MultiItem> items = [];
        var text = new StringBuilder();
        var begin = 0;
        for (var at = 0; at < multi.Length;)
        {
            // The first bracket that is not a doubled, literal one.
            if (multi[at] is not ('[' or ']'))
            {
                at += AppendText(items, text, multi, at, ref begin);
            }
            else if (at + 1 < multi.Length && multi[at + 1] == multi[at])
            {
                begin = text.Length == 0 ? at : begin;
                text.Append(multi[at]);
                at += 2;
            }
            else
            {
                Flush(items, text, begin);
                at = ReadTag(items, multi, at);
            }
        }

        Flush(items, text, begin);
        return items;
    }

    /// <summary>Whether boards may be asked to show a character: letters, marks, digits, punctuation, no pictures and no controls.</summary>
    internal static bool IsText(Rune rune) => rune.IsAscii
        ? rune.Value is >= 0x20 and < 0x7F
        : Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.OtherSymbol
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) && rune != Rune.ReplacementChar;

    private static int AppendText(List<MultiItem> items, StringBuilder text, string multi, int at, ref int begin)
    {
        _ = Rune.DecodeFromUtf16(multi.AsSpan(at), out var rune, out var length);
        if (IsText(rune))
        {
            begin = text.Length == 0 ? at : begin;
            text.Append(multi, at, length);
        }
        else
        {
            items.Add(Wrong(multi.Substring(at, length), at, string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4} is not a character that boards can show")));
        }

        return length;
    }

    private static int ReadTag(List<MultiItem> items, string multi, int at)
    {
        if (multi[at] == ']')
        {
            items.Add(Wrong("]", at, "a closing bracket without a tag; a literal one is written ]]"));
            return at + 1;
        }

        var length = multi.AsSpan(at + 1).IndexOfAny(Brackets);
        if (length < 0)
        {
            items.Add(Wrong(multi[at..], at, "the tag is not closed; a literal bracket is written [["));
            return multi.Length;
        }

        var end = at + 1 + length;
        if (multi[end] == '[')
        {
            items.Add(Wrong(multi[at..end], at, "the tag is not closed before the next one; a literal bracket is written [["));
            return end;
        }

        items.Add(MultiTags.Read(multi[(at + 1)..end], at));
        return end + 1;
    }

    private static void Flush(List<MultiItem> items, StringBuilder text, int begin)
    {
        if (text.Length > 0)
        {
            items.Add(new MultiItem(MultiKind.Text, text.ToString(), [], begin, null));
            text.Clear();
        }
    }

    private static MultiItem Wrong(string content, int at, string problem) => new(MultiKind.Unknown, content, [], at, problem);
}
