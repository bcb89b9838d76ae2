using System.Globalization;

namespace TrafficCore.Simulators.Replay;

/// <summary>How often a local time comes in its zone.</summary>
internal enum LocalTimeUse
{
    /// <summary>Once.</summary>
    Once,

    /// <summary>Twice, when clocks are put back.</summary>
    Twice,

    /// <summary>Never, when clocks are put forward.</summary>
    Never,
}

/// <summary>Turns recorded local times into Unix milliseconds.</summary>
/// <remarks>
/// A time with an offset or <c>Z</c> is taken at its word. A naive one is read in the given zone: one that the zone has twice is taken as its first
/// pass, one that it skips as if the clock had not been moved yet; recorders that log through a clock change need offsets to say more.
/// </remarks>
internal sealed class LocalTime(TimeZoneInfo zone)
{
    /// <summary>False when the text is not a date and time.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out long unixMs, out LocalTimeUse use)
    {
        (unixMs, use) = (0, LocalTimeUse.Once);
        const DateTimeStyles Styles = DateTimeStyles.RoundtripKind | DateTimeStyles.AllowWhiteSpaces;
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, Styles, out var time))
        {
            return false;
        }

        unixMs = time.Kind switch
        {
            DateTimeKind.Utc => Unix(time),
            DateTimeKind.Local => Unix(time.ToUniversalTime()),
            _ => ToUnix(time, out use),
        };
        return true;
    }

    /// <summary>The instant of a naive time.</summary>
    public long ToUnix(DateTime naive, out LocalTimeUse use)
    {
        use = zone.IsAmbiguousTime(naive) ? LocalTimeUse.Twice : zone.IsInvalidTime(naive) ? LocalTimeUse.Never : LocalTimeUse.Once;
        var offset = use switch
        {
            LocalTimeUse.Twice => zone.GetAmbiguousTimeOffsets(naive).Max(),
            LocalTimeUse.Never => zone.GetUtcOffset(naive.AddHours(-1)),
            _ => zone.GetUtcOffset(naive),
        };
        return Unix(DateTime.SpecifyKind(naive - offset, DateTimeKind.Utc));
    }

    private static long Unix(DateTime utc) => new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
