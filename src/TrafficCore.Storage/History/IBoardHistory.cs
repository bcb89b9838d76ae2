using TrafficCore.Pipeline.Output;

namespace TrafficCore.Storage.History;

/// <summary>What the API reads of boards from the embedded store.</summary>
/// <remarks>Ownership: thread-safe, as <see cref="IFlowHistory"/>.</remarks>
public interface IBoardHistory
{
    /// <summary>Decisions of one board in [from, to), ascending.</summary>
    Task<IReadOnlyList<BoardDecisionRecord>> DecisionsAsync(BoardQuery query, CancellationToken cancellation = default);

    /// <summary>What the board's device said in [from, to), ascending.</summary>
    Task<IReadOnlyList<BoardStatusRecord>> StatusesAsync(BoardQuery query, CancellationToken cancellation = default);
}

/// <summary>A question for the history of one board.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Board">Board id.</param>
/// <param name="FromMs">First instant, Unix ms.</param>
/// <param name="ToMs">End, Unix ms, exclusive.</param>
/// <param name="Limit">Records at most.</param>
public sealed record BoardQuery(string Intersection, string Board, long FromMs, long ToMs, int Limit);
