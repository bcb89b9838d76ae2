namespace TrafficCore.Simulators.Replay;

/// <summary>Vehicles that a detector counted in an interval, as recorded.</summary>
/// <param name="Timestamp">Start of the interval, Unix milliseconds UTC.</param>
/// <param name="Intersection">Index of its intersection.</param>
/// <param name="Detector">Index of its detector's name.</param>
/// <param name="Volume">Vehicles.</param>
internal readonly record struct CountReading(long Timestamp, int Intersection, int Detector, int Volume);
