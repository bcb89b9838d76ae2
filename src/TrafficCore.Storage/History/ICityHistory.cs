using TrafficCore.Traffic.Service;

namespace TrafficCore.Storage.History;

/// <summary>What the API reads of the city's index from the embedded store.</summary>
/// <remarks>Ownership: thread-safe, as <see cref="IFlowHistory"/>.</remarks>
public interface ICityHistory
{
    /// <summary>The index of windows that start in [from, to), ascending; too many are no answer.</summary>
    Task<CityIndexAnswer> IndexAsync(CityIndexQuery query, CancellationToken cancellation = default);
}

/// <summary>A question for the city's index.</summary>
/// <param name="WindowMs">Length of the windows, as they are stored.</param>
/// <param name="FromMs">First instant, Unix ms.</param>
/// <param name="ToMs">End, Unix ms, exclusive.</param>
public sealed record CityIndexQuery(long WindowMs, long FromMs, long ToMs);

/// <summary>Rows, or the reason why the question cannot be answered.</summary>
/// <param name="Problem">What is wrong with the question; None when it is answered.</param>
/// <param name="Detail">In words, naming the parameter; empty when nothing is wrong.</param>
/// <param name="Rows">The rows, ascending by start.</param>
public sealed record CityIndexAnswer(FlowProblem Problem, string Detail, IReadOnlyList<CityIndexRow> Rows);
