namespace TrafficCore.Simulators.City;

/// <summary>Size and tempo of a simulated city.</summary>
/// <remarks>
/// The tempo is that of a demonstration: signal cycle, queues and rush hour are shortened to seconds so that everything
/// that takes a real city half a day happens within two minutes.
/// </remarks>
internal sealed record CityOptions
{
    /// <summary>The same seed gives the same city and the same readings, byte for byte.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Intersections, 1 to 99.</summary>
    public int Intersections { get; init; } = 6;

    /// <summary>Counting interval of every detector.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Signal cycle, half for each direction; equal to the demo's window, so that a window never shows one colour only.</summary>
    public TimeSpan Cycle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From one rush to the next.</summary>
    public TimeSpan Day { get; init; } = TimeSpan.FromSeconds(110);

    /// <summary>When within a day the rush begins: soon enough that a viewer need not wait.</summary>
    public TimeSpan RushStart { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the rush lasts.</summary>
    public TimeSpan RushLength { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>Vehicles per second and lane off the rush.</summary>
    public double CalmDemand { get; init; } = 0.07;

    /// <summary>Vehicles per second and lane during the rush on approaches into the centre: about twice what green lets through.</summary>
    public double RushDemand { get; init; } = 0.45;

    /// <summary>Vehicles per second and lane that leave at green: 1,800 an hour, a common design value.</summary>
    public double SaturationFlow { get; init; } = 0.5;
}
