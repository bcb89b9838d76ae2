using System.Globalization;

namespace TrafficCore.Storage.History;

/// <summary>A window length as a query names it: a fixed length, or the local day of a time zone.</summary>
/// <param name="LengthMs">Length in milliseconds; 0 for a local day.</param>
/// <param name="Zone">Zone of a local day; null for a fixed length.</param>
public readonly record struct FlowWindow(long LengthMs, TimeZoneInfo? Zone = null)
{
    // The longest reporting period, a year, with room; far longer ones overflow the range of 60 windows that a question without a range means.
    private const long MaxMs = 400 * 86_400_000L;

    /// <summary>True for the local day.</summary>
    public bool IsDay => Zone is not null;

    /// <summary>Reads <c>60s</c>, <c>15m</c>, <c>2h</c>, <c>1d</c> (24 hours of UTC), <c>500ms</c> or <c>day</c>; at most 400 days.</summary>
    /// <param name="text">The parameter.</param>
    /// <param name="zone">The network's zone, for <c>day</c>.</param>
    /// <param name="window">The window, when true is returned.</param>
    public static bool TryParse(ReadOnlySpan<char> text, TimeZoneInfo zone, out FlowWindow window)
    {
        window = default;
        if (text is "day")
        {
            window = new FlowWindow(0, zone);
            return true;
        }

        int digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || !int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count == 0)
        {
            return false;
        }

        long unit = text[digits..] switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => 0,
        };
        window = new FlowWindow(count * unit);
        return unit > 0 && window.LengthMs <= MaxMs;
    }

    /// <summary>The length as tags and answers show it: <c>60s</c>, or <c>500ms</c> where it is not whole seconds.</summary>
    public static string Name(long lengthMs) => lengthMs % 1000 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{lengthMs / 1000}s")
        : string.Create(CultureInfo.InvariantCulture, $"{lengthMs}ms");
}
