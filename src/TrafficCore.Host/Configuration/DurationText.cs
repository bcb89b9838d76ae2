using System.Globalization;

namespace TrafficCore.Host.Configuration;

/// <summary>Durations as people write them: <c>500ms</c>, <c>60s</c>, <c>15m</c>, <c>8h</c>, <c>7d</c>, <c>00:01:30</c>.</summary>
internal static class DurationText
{
    /// <summary>The word for "no bound".</summary>
    public const string Unlimited = "unlimited";

    private static readonly (string Suffix, double Milliseconds)[] Units =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    public static bool TryParse(string? text, out TimeSpan duration)
    {
        text = text?.Trim() ?? "";
        foreach (var (suffix, milliseconds) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
                && count * milliseconds < TimeSpan.MaxValue.TotalMilliseconds)
            {
                duration = TimeSpan.FromMilliseconds(count * milliseconds);
                return true;
            }
        }

        duration = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration) && duration >= TimeSpan.Zero;
    }

    /// <summary>The shortest exact form, for messages: <c>60s</c> is <c>1m</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        var milliseconds = duration.TotalMilliseconds;
        for (var i = Units.Length - 1; i > 0; i--)
        {
            if (milliseconds >= Units[i].Milliseconds && milliseconds % Units[i].Milliseconds == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / Units[i].Milliseconds}{Units[i].Suffix}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }
}
