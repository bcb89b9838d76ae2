namespace TrafficCore.Boards.Multi;

/// <summary>What a board can show. Immutable; from the road network file.</summary>
/// <param name="Lines">Lines of one page.</param>
/// <param name="Characters">Cells of one line.</param>
/// <param name="Pages">Pages that it can alternate.</param>
/// <param name="Colors">Names of its colours, e.g. <c>amber</c>; <c>rgb</c>: any. Empty: not known.</param>
public sealed record BoardFace(int Lines, int Characters, int Pages, IReadOnlyList<string> Colors)
{
    /// <inheritdoc/>
    public bool Equals(BoardFace? other) =>
        other is not null && (Lines, Characters, Pages) == (other.Lines, other.Characters, other.Pages) && Colors.SequenceEqual(other.Colors);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Lines, Characters, Pages, Colors.Count);
}
