using TrafficCore.Boards.Rules;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Boards;

/// <summary>What the director needs to know of a board. Immutable; from the road network file.</summary>
/// <param name="Key">Which board.</param>
/// <param name="Lines">Lines of one page.</param>
/// <param name="Characters">Cells of one line.</param>
/// <param name="Pages">Pages that it can alternate.</param>
/// <param name="Watches">The approaches whose state it shows; empty: it shows nothing by rule.</param>
public sealed record BoardDefinition(BoardKey Key, int Lines, int Characters, int Pages, IReadOnlyList<ApproachKey> Watches)
{
    /// <summary>The boards of a network. One that names nothing to watch watches every approach of its intersection.</summary>
    public static IReadOnlyList<BoardDefinition> From(RoadNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return [.. from intersection in network.Intersections from board in intersection.Boards select Of(intersection, board)];
    }

    private static BoardDefinition Of(Intersection intersection, BoardSite board) => new(
        new BoardKey(intersection.Id, board.Id),
        board.Lines,
        board.Characters,
        board.Pages,
        board.Watches.Count > 0
            ? [.. board.Watches.Select(w => new ApproachKey(w.Intersection, w.Approach))]
            : [.. intersection.Approaches.Select(a => new ApproachKey(intersection.Id, a.Id))]);
}

/// <summary>A board of an intersection.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Board">Board id.</param>
public readonly record struct BoardKey(string Intersection, string Board)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Intersection}/{Board}";
}
