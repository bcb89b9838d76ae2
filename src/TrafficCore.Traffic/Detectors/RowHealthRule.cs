using TrafficCore.Traffic.Windows;

namespace TrafficCore.Traffic.Detectors;

/// <summary>What <see cref="RowHealthRule"/> looks at: one detector row, nothing before or beside it.</summary>
public readonly record struct RowHealthInput
{
    /// <summary>Readings or events in the row.</summary>
    public required int Readings { get; init; }

    /// <summary>Vehicles; null when nothing was observed.</summary>
    public required long? Volume { get; init; }

    /// <summary>Observed time, ms; 0 when the interval is unknown.</summary>
    public required long ObservedMs { get; init; }

    /// <summary>Length of the window, ms.</summary>
    public required long LengthMs { get; init; }

    /// <summary>Sum of occupancy (0.001 percent) x ms.</summary>
    public long OccupancyWeighted { get; init; }

    /// <summary>Milliseconds for which occupancy is known.</summary>
    public long OccupancyMs { get; init; }

    /// <summary>A reading had a speed above 0 and no vehicle.</summary>
    public bool SpeedWithoutVehicles { get; init; }

    /// <summary>The detector lies where red makes vehicles stand, or may do so.</summary>
    public bool IsAtStopBar { get; init; }
}

/// <summary>Judges one detector row by itself, so that a replay or a correction gives the same answer. The first that applies wins.</summary>
/// <remarks>
/// Occupancy without vehicles is normal in a queue, so only a row that is long enough by <see cref="StuckOnRule"/> can say that its detector is stuck; boards add up
/// shorter ones. An implied vehicle length is not looked at: vehicles that stand on a loop make it meaningless.
/// </remarks>
public static class RowHealthRule
{
    /// <summary>Vehicles in <see cref="ChatterPeriodMs"/> that no lane carries: 4,560 veh/h, the limit that IRIS uses.</summary>
    public const int ChatterVehicles = 38;

    /// <summary>Period of <see cref="ChatterVehicles"/>; shorter rows are not judged, two vehicles in one second are normal.</summary>
    public const int ChatterPeriodMs = 30_000;

    /// <summary>Judges a detector row.</summary>
    public static RowHealth Judge(in RowHealthInput row)
    {
        if (row.Readings == 0 && row.ObservedMs == 0)
        {
            return RowHealth.Silent;
        }

        long volume = row.Volume ?? 0;
        long observed = row.ObservedMs > 0 ? row.ObservedMs : row.LengthMs;
        if (observed >= ChatterPeriodMs && (Int128)volume * ChatterPeriodMs >= (Int128)ChatterVehicles * observed)
        {
            return RowHealth.Chatter;
        }

        if (row.OccupancyMs >= StuckOnRule.LimitMs(row.IsAtStopBar) && StuckOnRule.IsStanding(volume, row.OccupancyWeighted, row.OccupancyMs))
        {
            return RowHealth.StuckOn;
        }

        // One vehicle may be too short a pulse to show in the occupancy; several are not.
        bool unseen = volume > 1 && row.OccupancyMs > 0 && row.OccupancyWeighted == 0;
        return unseen || row.SpeedWithoutVehicles ? RowHealth.Inconsistent : RowHealth.Ok;
    }
}
