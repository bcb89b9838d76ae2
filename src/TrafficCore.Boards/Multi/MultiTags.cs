using System.Globalization;

namespace TrafficCore.Boards.Multi;

/// <summary>The tags of NTCIP 1203 v3 and the values that each may have.</summary>
internal static class MultiTags
{
    // Longer names stand before those that they begin with.
    private static readonly (string Name, MultiKind Kind)[] Names =
    [
        ("/fl", MultiKind.FlashEnd), ("/sc", MultiKind.CharacterSpacingEnd), ("/ms", MultiKind.Manufacturer), ("cb", MultiKind.MessageBackground),
        ("cf", MultiKind.ForegroundColor), ("cr", MultiKind.ColorRectangle), ("fl", MultiKind.Flash), ("fo", MultiKind.Font),
        ("hc", MultiKind.HexadecimalCharacter), ("jl", MultiKind.LineJustification), ("jp", MultiKind.PageJustification),
        ("ms", MultiKind.Manufacturer), ("mv", MultiKind.MovingText), ("nl", MultiKind.NewLine), ("np", MultiKind.NewPage),
        ("pb", MultiKind.PageBackground), ("pt", MultiKind.PageTime), ("sc", MultiKind.CharacterSpacing), ("tr", MultiKind.TextRectangle),
        ("f", MultiKind.Field), ("g", MultiKind.Graphic),
    ];

    /// <summary>Reads what stands between two brackets.</summary>
    public static MultiItem Read(string content, int offset)
    {
        var tag = content.ToLowerInvariant();
        foreach (var (name, kind) in Names)
        {
            if (tag.StartsWith(name, StringComparison.Ordinal))
            {
                var numbers = ReadNumbers(kind, tag[name.Length..]);
                return new MultiItem(kind, tag, numbers ?? [], offset, numbers is null ? $"[{content}] has values that the tag does not allow" : null);
            }
        }

        return new MultiItem(MultiKind.Unknown, tag, [], offset, $"[{content}] is not a tag of NTCIP 1203");
    }

    /// <summary>The values behind a tag's name; null when they are not allowed.</summary>
    private static int[]? ReadNumbers(MultiKind kind, string values) => kind switch
    {
        MultiKind.NewPage or MultiKind.FlashEnd or MultiKind.CharacterSpacingEnd => values.Length == 0 ? [] : null,
        MultiKind.NewLine => Optional(values, 0, 255),
        MultiKind.LineJustification => Optional(values, 2, 5),
        MultiKind.PageJustification => Optional(values, 2, 4),
        MultiKind.MessageBackground => Optional(values, 0, 255),
        MultiKind.ForegroundColor or MultiKind.PageBackground => List(values, 0, 255) is { Length: 0 or 1 or 3 } color ? color : null,
        MultiKind.CharacterSpacing => List(values, 0, 99) is { Length: 1 } spacing ? spacing : null,
        MultiKind.Font => WithVersion(values, 2) is { Length: <= 1 } font ? font : null,
        MultiKind.Graphic => WithVersion(values, 4) is { Length: 1 or 3 } graphic ? graphic : null,
        MultiKind.ColorRectangle => List(values, 0, 65535) is { Length: 5 or 7 } rectangle && rectangle[0] > 0 && rectangle[1] > 0 ? rectangle : null,
        MultiKind.TextRectangle => List(values, 0, 65535) is { Length: 4 } rectangle && rectangle[0] > 0 && rectangle[1] > 0 ? rectangle : null,
        MultiKind.Field => List(values, 1, 99) is { Length: 1 or 2 } field && field[0] <= 13 ? field : null,
        MultiKind.PageTime => Pair(values, '\0', 'o', 255),
        MultiKind.Flash => values.StartsWith('o') ? Pair(values, 'o', 't', 99) : Pair(values, 't', 'o', 99),
        MultiKind.HexadecimalCharacter => Hexadecimal(values, 1),
        MultiKind.MovingText => values.Length > 0 ? [] : null,
        MultiKind.Manufacturer => values.Length > 0 && char.IsAsciiDigit(values[0]) ? [] : null,
        _ => null,
    };

    private static int[]? Optional(string values, int least, int most) => List(values, least, most) is { Length: <= 1 } list ? list : null;

    private static int[]? List(string values, int least, int most)
    {
        if (values.Length == 0)
        {
            return [];
        }

        var parts = values.Split(',');
        var numbers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryNumber(parts[i], least, most, out numbers[i]))
            {
                return null;
            }
        }

        return numbers;
    }

    /// <summary>Numbers, the first from 1 to 255, that a version of 4 hexadecimal digits may follow as the given part.</summary>
    private static int[]? WithVersion(string values, int versionPart)
    {
        var parts = values.Split(',');
        var hasVersion = parts.Length == versionPart;
        if (hasVersion && (parts[^1].Length != 4 || Hexadecimal(parts[^1], 0) is null))
        {
            return null;
        }

        var numbers = List(string.Join(',', hasVersion ? parts[..^1] : parts), 0, 65535);
        return numbers is null or { Length: 0 } || numbers[0] is >= 1 and <= 255 ? numbers : null;
    }

    /// <summary><c>XoY</c> behind a first mark, each number optional; the first number is X wherever it stands.</summary>
    private static int[]? Pair(string values, char first, char second, int most)
    {
        if (values.Length == 0)
        {
            return [-1, -1];
        }

        if (first != '\0')
        {
            if (values[0] != first)
            {
                return null;
            }

            values = values[1..];
        }

        var parts = values.Split(second);
        if (parts.Length > 2 || !TryOptional(parts[0], most, out var before) || !TryOptional(parts.Length == 2 ? parts[1] : "", most, out var after))
        {
            return null;
        }

        return second == 't' ? [after, before] : [before, after];
    }

    private static bool TryOptional(string text, int most, out int number)
    {
        number = -1;
        return text.Length == 0 || TryNumber(text, 0, most, out number);
    }

    private static bool TryNumber(string text, int least, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;

    private static int[]? Hexadecimal(string text, int least) =>
        text.Length <= 4 && int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value >= least ? [value] : null;
}
