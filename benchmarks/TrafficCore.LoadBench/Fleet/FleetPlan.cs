using System.Globalization;

namespace TrafficCore.LoadBench.Fleet;

/// <summary>
/// A city of learnt detectors that all report once in a pass and whose event time is a minute further in each: every reading is a window of its own to open, close, write and store, however
/// large the city is. A large city and a small one differ in nothing but their size.
/// </summary>
/// <param name="Prefix">First part of the intersections' names.</param>
/// <param name="Intersections">Intersections.</param>
/// <param name="Detectors">Detectors of each.</param>
/// <param name="Start">Event time of the first pass, a full minute.</param>
internal sealed record FleetPlan(string Prefix, int Intersections, int Detectors, DateTimeOffset Start)
{
    /// <summary>Counting interval of every reading, and the step from one pass to the next: the shortest window of the default configuration.</summary>
    public const int IntervalMs = 60_000;

    /// <summary>Detectors in all.</summary>
    public int Devices => Intersections * Detectors;

    /// <summary>A start that lets so many passes end before the clock does.</summary>
    public static DateTimeOffset StartBefore(DateTimeOffset now, long passes)
    {
        var unix = now.ToUnixTimeMilliseconds();
        return DateTimeOffset.FromUnixTimeMilliseconds(unix - (unix % IntervalMs) - ((passes + 1) * IntervalMs));
    }

    /// <summary>Name of an intersection.</summary>
    public string NameOf(int intersection) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{intersection:00000}");

    /// <summary>Topic of a device.</summary>
    public string TopicOf(int device) =>
        string.Create(CultureInfo.InvariantCulture, $"traffic/v1/{NameOf(device / Detectors)}/detector/d-{(device % Detectors) + 1:00}");

    /// <summary>Vehicles of a reading: known to who counts afterwards, and different from pass to pass.</summary>
    public static int ReadingVolume(int device, long pass) => (int)((device + pass) % 10);

    /// <summary>Vehicles that an intersection reports in the passes before <paramref name="end"/>.</summary>
    public long VolumeOf(int intersection, int end)
    {
        var sum = 0L;
        for (var device = intersection * Detectors; device < (intersection + 1) * Detectors; device++)
        {
            for (var pass = 0; pass < end; pass++)
            {
                sum += ReadingVolume(device, pass);
            }
        }

        return sum;
    }

    /// <summary>Begin of the windows of a pass.</summary>
    public DateTimeOffset TimeOf(long pass) => Start.AddMilliseconds(pass * IntervalMs);
}
