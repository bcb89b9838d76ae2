using TrafficCore.Traffic.Observations;

namespace TrafficCore.Storage.History;

/// <summary>A question for what one device observed.</summary>
/// <param name="Kind">Kind of the device.</param>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Device">Device id.</param>
/// <param name="FromMs">First instant, Unix ms.</param>
/// <param name="ToMs">End, Unix ms, exclusive.</param>
public sealed record ObservationQuery(ObservationKind Kind, string Intersection, string Device, long FromMs, long ToMs);

/// <summary>Observations, or the reason why the question cannot be answered.</summary>
/// <param name="Problem">What is wrong with the question; None when it is answered.</param>
/// <param name="Detail">In words, naming the parameter; empty when nothing is wrong.</param>
/// <param name="Rows">The observations, ascending by time.</param>
public sealed record ObservationAnswer(FlowProblem Problem, string Detail, IReadOnlyList<Observation> Rows);
