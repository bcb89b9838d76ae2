namespace TrafficCore.Boards.Multi;

/// <summary>What a part of a MULTI string is (NTCIP 1203 v3).</summary>
internal enum MultiKind
{
    /// <summary>Text to show; brackets are not doubled in it.</summary>
    Text,

    /// <summary><c>[nl]</c>, <c>[nlS]</c>.</summary>
    NewLine,

    /// <summary><c>[np]</c>.</summary>
    NewPage,

    /// <summary><c>[jlN]</c>.</summary>
    LineJustification,

    /// <summary><c>[jpN]</c>.</summary>
    PageJustification,

    /// <summary><c>[ptXoY]</c>.</summary>
    PageTime,

    /// <summary><c>[cfX]</c>, <c>[cfR,G,B]</c>.</summary>
    ForegroundColor,

    /// <summary><c>[cbX]</c>.</summary>
    MessageBackground,

    /// <summary><c>[pbX]</c>, <c>[pbR,G,B]</c>.</summary>
    PageBackground,

    /// <summary><c>[foN]</c>, <c>[foN,cccc]</c>.</summary>
    Font,

    /// <summary><c>[scN]</c>.</summary>
    CharacterSpacing,

    /// <summary><c>[/sc]</c>.</summary>
    CharacterSpacingEnd,

    /// <summary><c>[fltXoY]</c>, <c>[floYtX]</c>.</summary>
    Flash,

    /// <summary><c>[/fl]</c>.</summary>
    FlashEnd,

    /// <summary><c>[fN,w]</c>.</summary>
    Field,

    /// <summary><c>[hcX]</c>.</summary>
    HexadecimalCharacter,

    /// <summary><c>[gN,x,y,cccc]</c>.</summary>
    Graphic,

    /// <summary><c>[crx,y,w,h,...]</c>.</summary>
    ColorRectangle,

    /// <summary><c>[trx,y,w,h]</c>.</summary>
    TextRectangle,

    /// <summary><c>[mv...]</c>.</summary>
    MovingText,

    /// <summary><c>[msX,Y]</c>, <c>[/msX,Y]</c>.</summary>
    Manufacturer,

    /// <summary>A tag that NTCIP 1203 does not know, or something that is no tag at all.</summary>
    Unknown,
}

/// <summary>A part of a MULTI string.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Content">The text; of a tag what is between the brackets, in lower case.</param>
/// <param name="Numbers">The tag's numbers in order; an omitted one is -1.</param>
/// <param name="Offset">Where it begins in the string.</param>
/// <param name="Problem">What is wrong with it; null when nothing is. Such a part is not shown.</param>
internal readonly record struct MultiItem(MultiKind Kind, string Content, int[] Numbers, int Offset, string? Problem)
{
    /// <summary>Whether it puts anything on the board, were it valid.</summary>
    public bool IsVisible => Kind switch
    {
        MultiKind.Text => !string.IsNullOrWhiteSpace(Content),
        MultiKind.Field or MultiKind.HexadecimalCharacter or MultiKind.Graphic or MultiKind.ColorRectangle or MultiKind.MovingText
            or MultiKind.Manufacturer => true,
        _ => false,
    };
}
