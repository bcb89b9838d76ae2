namespace TrafficCore.Simulators.City.Scoring;

/// <summary>How well a service told what really happened; <c>--json</c> prints it.</summary>
/// <param name="Intersections">Intersections that were compared.</param>
/// <param name="Detectors">Detectors that were compared.</param>
/// <param name="Healthy">Windows of detectors that nothing was wrong with.</param>
/// <param name="Faulty">Windows of detectors with a fault.</param>
/// <param name="Boards">Warnings against congestion; null when the run had no boards.</param>
internal sealed record ScoreReport(int Intersections, int Detectors, VolumeScore Healthy, VolumeScore Faulty, BoardScore? Boards);
