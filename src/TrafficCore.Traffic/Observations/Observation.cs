namespace TrafficCore.Traffic.Observations;

/// <summary>What one device observed at one instant.</summary>
/// <param name="Kind">Which properties the values are of.</param>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Device">Device id.</param>
/// <param name="Timestamp">When, Unix milliseconds UTC.</param>
/// <param name="Values">What; at least one value.</param>
public sealed record Observation(ObservationKind Kind, string Intersection, string Device, long Timestamp, ObservedValues Values);
