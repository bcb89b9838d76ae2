using System.Globalization;
using System.Text.RegularExpressions;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Api;

/// <summary>The parameters <c>from</c> and <c>to</c>: [from, to).</summary>
/// <param name="From">First instant, Unix ms.</param>
/// <param name="To">End, Unix ms, exclusive.</param>
internal readonly partial record struct TimeRange(long From, long To)
{
    private const string Expected = "is neither ISO 8601 with an offset (2026-01-01T00:00:00Z) nor relative (-15m)";

    // Seconds may be missing, a fraction may be there; the offset must be.
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mmzzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm'Z'",
    ];

    /// <summary>Reads both; without <c>to</c> the range ends now, without <c>from</c> it is as long as <paramref name="fallback"/>.</summary>
    public static bool TryParse(string? from, string? to, DateTimeOffset now, TimeSpan fallback, out TimeRange range, out IResult? problem)
    {
        range = default;
        problem = null;
        var end = now;
        if (!string.IsNullOrEmpty(to) && !TryParseInstant(to, now, out end))
        {
            problem = Problems.Parameter("to", $"\"{to}\" {Expected}");
            return false;
        }

        // A range that starts before year 1 starts at year 1.
        var start = end - DateTimeOffset.MinValue < fallback ? DateTimeOffset.MinValue : end - fallback;
        if (!string.IsNullOrEmpty(from) && !TryParseInstant(from, now, out start))
        {
            problem = Problems.Parameter("from", $"\"{from}\" {Expected}");
            return false;
        }

        if (start > end)
        {
            problem = Problems.Parameter("from", "is after to");
            return false;
        }

        range = new TimeRange(start.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds());
        return true;
    }

    /// <summary>Reads one instant.</summary>
    public static bool TryParseInstant(string text, DateTimeOffset now, out DateTimeOffset instant)
    {
        instant = now;
        if (text is "now")
        {
            return true;
        }

        if (text.StartsWith('-'))
        {
            if (!DurationText.TryParse(text[1..], out var back) || back > now - DateTimeOffset.MinValue)
            {
                return false;
            }

            instant = now - back;
            return true;
        }

        // The plus of an offset arrives as a space where the caller did not encode it.
        text = LostPlus().Replace(text, "+$1");
        if (!DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant))
        {
            return false;
        }

        // Arithmetic at the ends of the calendar goes by the local time, and "0001-01-01T00:00-14:00" less a minute has none.
        instant = instant.ToUniversalTime();
        return true;
    }

    [GeneratedRegex(@" (\d\d:\d\d)$")]
    private static partial Regex LostPlus();
}
