namespace TrafficCore.Host.Api;

/// <summary>What an environment sensor observed.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Sensor">Sensor id.</param>
/// <param name="Rows">Observations, ascending by time.</param>
public sealed record EnvironmentAnswer(string Intersection, string Sensor, IEnumerable<EnvironmentRowAnswer> Rows);

/// <summary>One observation of an environment sensor. What was not observed is absent.</summary>
public sealed record EnvironmentRowAnswer
{
    /// <summary>When, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Rain intensity, mm/h.</summary>
    public double? Rain { get; init; }

    /// <summary>Water level, cm.</summary>
    public double? WaterLevel { get; init; }

    /// <summary>Visibility, m.</summary>
    public double? Visibility { get; init; }

    /// <summary>Temperature, degrees Celsius.</summary>
    public double? Temperature { get; init; }
}

/// <summary>What a car park observed.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Parking">Car park id.</param>
/// <param name="Rows">Observations, ascending by time.</param>
public sealed record ParkingAnswer(string Intersection, string Parking, IEnumerable<ParkingRowAnswer> Rows);

/// <summary>One observation of a car park. What was not observed is absent.</summary>
public sealed record ParkingRowAnswer
{
    /// <summary>When, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Spaces.</summary>
    public int? Capacity { get; init; }

    /// <summary>Spaces taken.</summary>
    public int? Occupied { get; init; }
}
