using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Simulators.City;

/// <summary>How the traffic of a city behaves.</summary>
internal sealed record CityOptions
{
    /// <summary>The same seed gives the same vehicles.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How demand goes through the day. Default: from 07:00, into the morning rush.</summary>
    public DayProfile Day { get; init; } = new(DayShape.Day, 7 * 3_600_000L, DayShape.Weekday);

    /// <summary>Demand as a multiple of the usual, per mille; 1,000 loads approaches to 0.95 of capacity in the rush, give or take.</summary>
    public int DemandMilli { get; init; } = 1000;

    /// <summary>How entering vehicles are spaced.</summary>
    public ArrivalPattern Arrivals { get; init; }

    /// <summary>What enters.</summary>
    public ClassMix Classes { get; init; } = ClassMix.Urban;

    /// <summary>How signals work.</summary>
    public SignalControl Signals { get; init; }

    /// <summary>Cycle of fixed signals. Default 90 s, the middle of what eight phases commonly get.</summary>
    public TimeSpan Cycle { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Counting interval of detectors for which the file gives none. Default 60 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);
}
