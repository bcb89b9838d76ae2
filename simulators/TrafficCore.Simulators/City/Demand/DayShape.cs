namespace TrafficCore.Simulators.City.Demand;

/// <summary>How demand goes through 24 hours: shares of the peak around the middle of each hour, per mille. Immutable.</summary>
/// <param name="Hours">Share of the day's peak by hour.</param>
/// <param name="Tides">What approaches into the centre have more by hour, per mille; those out of it have as much less.</param>
internal sealed record DayShape(IReadOnlyList<int> Hours, IReadOnlyList<int> Tides)
{
    private static readonly int[] NoTide = new int[24];

    /// <summary>
    /// Two rush hours of about the same height, towards the centre and back, with a valley of two thirds between them and nights at a
    /// twentieth. The shape is our own, as continuous counts on urban arterials commonly look.
    /// </summary>
    public static readonly DayShape Weekday = new(
        [90, 60, 50, 50, 80, 200, 500, 900, 1000, 760, 660, 680, 710, 700, 730, 830, 960, 1000, 850, 620, 480, 400, 300, 180],
        [0, 0, 0, 0, 0, 50, 150, 250, 250, 100, 0, 0, 0, 0, 0, -50, -150, -250, -250, -100, 0, 0, 0, 0]);

    /// <summary>One broad hump.</summary>
    public static readonly DayShape Weekend = new(
        [200, 130, 90, 70, 70, 100, 170, 270, 400, 540, 660, 740, 770, 760, 750, 750, 740, 710, 650, 550, 450, 390, 320, 250], NoTide);

    /// <summary>Quiet but for two rush hours: for demonstrations, in which a queue has to come and go soon.</summary>
    public static readonly DayShape Peaks = new(
        [200, 200, 200, 200, 200, 200, 600, 1000, 1000, 600, 200, 200, 200, 200, 200, 200, 1000, 1000, 600, 200, 200, 200, 200, 200], NoTide);

    /// <summary>The same demand at all times.</summary>
    public static readonly DayShape Steady = new([.. Enumerable.Repeat(1000, 24)], NoTide);

    /// <summary>Milliseconds of a real day.</summary>
    public const long Day = 86_400_000;

    private const long Hour = 3_600_000;

    /// <summary>A value at a time of day: linear between the middles of the hours.</summary>
    public static int At(IReadOnlyList<int> hours, long timeOfDay)
    {
        var (hour, rest) = Math.DivRem((timeOfDay - (Hour / 2) + Day) % Day, Hour);
        int from = hours[(int)hour], to = hours[((int)hour + 1) % hours.Count];
        return from + (int)((to - from) * rest / Hour);
    }
}
