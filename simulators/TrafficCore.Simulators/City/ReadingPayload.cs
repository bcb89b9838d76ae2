using System.Globalization;

namespace TrafficCore.Simulators.City;

/// <summary>Writes a reading as the JSON that a detector sends.</summary>
internal static class ReadingPayload
{
    /// <summary>Enough for all fields at their longest.</summary>
    public const int MaxLength = 192;

    /// <summary>Writes the payload and returns its length.</summary>
    public static int Write(Span<byte> target, long timestampMs, long intervalMs, long sequence, LaneReading reading)
    {
        var culture = CultureInfo.InvariantCulture;
        var (occupancy, tenth) = Math.DivRem(reading.OccupancyTenths, 10);
        System.Text.Unicode.Utf8.TryWrite(
            target, culture, $"{{\"ts\":{timestampMs},\"interval\":{intervalMs},\"seq\":{sequence},\"volume\":{reading.Volume},\"occupancy\":{occupancy}.{tenth}", out var length);
        if (reading.SpeedTenths is { } speed)
        {
            System.Text.Unicode.Utf8.TryWrite(target[length..], culture, $",\"speed\":{speed / 10}.{speed % 10}", out var more);
            length += more;
        }

        target[length++] = (byte)'}';
        return length;
    }
}
