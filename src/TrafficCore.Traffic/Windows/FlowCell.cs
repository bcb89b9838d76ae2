namespace TrafficCore.Traffic.Windows;

/// <summary>What one reading says, as integers.</summary>
/// <param name="Interval">Length of its interval in ms; 0 when unknown.</param>
/// <param name="Volume">Vehicles.</param>
/// <param name="Occupancy">0.001 percent; negative when not sent.</param>
/// <param name="Speed">0.01 km/h; negative when not sent.</param>
public readonly record struct ReadingValues(uint Interval, uint Volume, int Occupancy, int Speed);

/// <summary>Sums of the readings of one detector in one window. All integers, so the order of arrival leaves no trace.</summary>
public struct FlowCell
{
    /// <summary>Vehicles.</summary>
    public long Volume;

    /// <summary>Sum of the known intervals, ms.</summary>
    public long ObservedMs;

    /// <summary>Sum of occupancy (0.001 percent) x ms.</summary>
    public long OccupancyWeighted;

    /// <summary>Milliseconds for which occupancy is known.</summary>
    public long OccupancyMs;

    /// <summary>Sum of speed (0.01 km/h) x vehicles.</summary>
    public long SpeedWeighted;

    /// <summary>Vehicles for which speed is known.</summary>
    public long SpeedVehicles;

    /// <summary>Readings.</summary>
    public int Readings;

    /// <summary>The shortest interval of the readings, ms; 0 as soon as one is unknown. Means nothing without readings.</summary>
    public uint ShortestInterval;

    /// <summary>A reading had a speed and no vehicle.</summary>
    public bool SpeedWithoutVehicles;

    /// <summary>Adds a reading.</summary>
    public void Add(in ReadingValues reading)
    {
        ShortestInterval = Readings == 0 ? reading.Interval : Math.Min(ShortestInterval, reading.Interval);
        Readings++;
        Volume += reading.Volume;
        ObservedMs += reading.Interval;
        if (reading.Occupancy >= 0)
        {
            // Without an interval there is no time to weigh by: such readings weigh 1 ms each, a plain mean among themselves.
            long weight = Math.Max(1u, reading.Interval);
            OccupancyWeighted += reading.Occupancy * weight;
            OccupancyMs += weight;
        }

        if (reading.Speed >= 0)
        {
            SpeedWeighted += (long)reading.Speed * reading.Volume;
            SpeedVehicles += reading.Volume;
            SpeedWithoutVehicles |= reading.Volume == 0 && reading.Speed > 0;
        }
    }
}
