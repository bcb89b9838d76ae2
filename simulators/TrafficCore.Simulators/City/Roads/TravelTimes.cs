namespace TrafficCore.Simulators.City.Roads;

/// <summary>What vehicles needed from the upstream end of a road to its stop bar. Immutable.</summary>
/// <param name="Vehicles">How many.</param>
/// <param name="Milliseconds">Their times, summed.</param>
internal readonly record struct TravelTimes(long Vehicles, long Milliseconds)
{
    public static TravelTimes operator +(TravelTimes one, TravelTimes other) => new(one.Vehicles + other.Vehicles, one.Milliseconds + other.Milliseconds);

    public static TravelTimes operator -(TravelTimes now, TravelTimes before) => new(now.Vehicles - before.Vehicles, now.Milliseconds - before.Milliseconds);
}
