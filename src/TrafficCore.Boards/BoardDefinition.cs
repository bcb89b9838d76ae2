using TrafficCore.Boards.Multi;
using TrafficCore.Boards.Rules;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Boards;

/// <summary>What the director needs to know of a board. Immutable; from the road network file.</summary>
/// <param name="Key">Which board.</param>
/// <param name="Face">What it can show.</param>
/// <param name="Watches">The approaches whose state it shows; empty: it shows nothing by rule.</param>
public sealed record BoardDefinition(BoardKey Key, BoardFace Face, IReadOnlyList<ApproachKey> Watches)
{
    /// <inheritdoc/>
    public bool Equals(BoardDefinition? other) => other is not null && Key == other.Key && Face == other.Face && Watches.SequenceEqual(other.Watches);

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode();
}

/// <summary>A board of an intersection.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Board">Board id.</param>
public readonly record struct BoardKey(string Intersection, string Board)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Intersection}/{Board}";
}

/// <summary>The boards of a road network, and which detectors speak for which approach. Immutable.</summary>
public sealed class BoardNetwork
{
    private readonly Dictionary<ApproachKey, ApproachDetectors> detectors;

    private BoardNetwork(IReadOnlyList<BoardDefinition> boards, Dictionary<ApproachKey, ApproachDetectors> detectors) =>
        (Boards, this.detectors) = (boards, detectors);

    /// <summary>The boards in file order.</summary>
    public IReadOnlyList<BoardDefinition> Boards { get; }

    /// <summary>The boards of a network. One that names nothing to watch watches every approach of its intersection.</summary>
    public static BoardNetwork From(RoadNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var approaches = from intersection in network.Intersections
                         from approach in intersection.Approaches
                         select (Key: new ApproachKey(intersection.Id, approach.Id), Detectors: new ApproachDetectors(approach.CountingDetectors));
        return new BoardNetwork(
            [.. from intersection in network.Intersections from board in intersection.Boards select Of(intersection, board)],
            approaches.ToDictionary(a => a.Key, a => a.Detectors));
    }

    /// <summary>The detectors that speak for an approach.</summary>
    internal ApproachDetectors DetectorsOf(ApproachKey approach) => detectors.GetValueOrDefault(approach, ApproachDetectors.Unknown);

    private static BoardDefinition Of(Intersection intersection, BoardSite board) => new(
        new BoardKey(intersection.Id, board.Id),
        new BoardFace(board.Lines, board.Characters, board.Pages, board.Colors),
        board.Watches.Count > 0
            ? [.. board.Watches.Select(w => new ApproachKey(w.Intersection, w.Approach))]
            : [.. intersection.Approaches.Select(a => new ApproachKey(intersection.Id, a.Id))]);
}
