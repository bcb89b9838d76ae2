namespace TrafficCore.Simulators.City.Demand;

/// <summary>
/// Where in the day the model is. A day may be compressed: then it is shorter than 24 h, and a demonstration meets a rush hour within
/// seconds while vehicles and signals keep their own pace. Immutable.
/// </summary>
/// <param name="LengthMs">Length of the model's day, ms.</param>
/// <param name="StartMs">Time of day at which the model begins, ms of a 24-hour day.</param>
/// <param name="Shape">How demand goes through it.</param>
internal sealed record DayProfile(long LengthMs, long StartMs, DayShape Shape)
{
    /// <summary>Share of the peak from which a moment counts as rush hour, per mille.</summary>
    public const int RushShare = 800;

    /// <summary>Time of day, ms of a 24-hour day, at a time after the begin; before it, negative, the day before.</summary>
    public long TimeOfDay(long passed)
    {
        var at = (long)((((Int128)passed * DayShape.Day / LengthMs) + StartMs) % DayShape.Day);
        return at < 0 ? at + DayShape.Day : at;
    }

    /// <summary>Share of the day's peak, per mille.</summary>
    public int Share(long timeOfDay) => DayShape.At(Shape.Hours, timeOfDay);

    /// <summary>What approaches into the centre have more, per mille.</summary>
    public int Tide(long timeOfDay) => DayShape.At(Shape.Tides, timeOfDay);

    /// <summary>Whether it is rush hour at a time after the begin.</summary>
    public bool IsRush(long passed) => Share(TimeOfDay(passed)) >= RushShare;
}
