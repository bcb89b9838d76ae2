using TrafficCore.Boards.Rules;

namespace TrafficCore.Boards;

/// <summary>What the director needs to know of a board. Immutable; from the road network file.</summary>
/// <param name="Key">Which board.</param>
/// <param name="Lines">Lines of one page.</param>
/// <param name="Characters">Cells of one line.</param>
/// <param name="Pages">Pages that it can alternate.</param>
/// <param name="Watches">The approaches whose state it shows; empty: it shows nothing by rule.</param>
public sealed record BoardDefinition(BoardKey Key, int Lines, int Characters, int Pages, IReadOnlyList<ApproachKey> Watches);

/// <summary>A board of an intersection.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Board">Board id.</param>
public readonly record struct BoardKey(string Intersection, string Board)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Intersection}/{Board}";
}
