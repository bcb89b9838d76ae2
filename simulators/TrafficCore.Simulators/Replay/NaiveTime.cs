using System.Globalization;

namespace TrafficCore.Simulators.Replay;

/// <summary>Turns recorded local times into Unix milliseconds.</summary>
/// <remarks>
/// A time with an offset or <c>Z</c> is taken at its word. A naive one is read in the given zone: an hour that the zone has
/// twice is taken as its first pass, an hour that it skips as if the clock had not been moved yet; recorders that log
/// through a clock change need offsets to say more.
/// </remarks>
internal sealed class NaiveTime
{
    private readonly TimeZoneInfo _zone;

    public NaiveTime(TimeZoneInfo zone) => _zone = zone;

    /// <summary>False when the text is not a date and time.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out long unixMs)
    {
        unixMs = 0;
        const DateTimeStyles Styles = DateTimeStyles.RoundtripKind | DateTimeStyles.AllowWhiteSpaces;
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, Styles, out var time))
        {
            return false;
        }

        var utc = time.Kind switch
        {
            DateTimeKind.Utc => time,
            DateTimeKind.Local => time.ToUniversalTime(),
            _ => FromZone(time),
        };
        unixMs = new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeMilliseconds();
        return true;
    }

    private DateTime FromZone(DateTime naive)
    {
        if (_zone.BaseUtcOffset == TimeSpan.Zero && !_zone.SupportsDaylightSavingTime)
        {
            return DateTime.SpecifyKind(naive, DateTimeKind.Utc);
        }

        var offset = _zone.IsAmbiguousTime(naive) ? _zone.GetAmbiguousTimeOffsets(naive).Max()
            : _zone.IsInvalidTime(naive) ? _zone.GetUtcOffset(naive.AddHours(-1))
            : _zone.GetUtcOffset(naive);
        return DateTime.SpecifyKind(naive - offset, DateTimeKind.Utc);
    }
}
