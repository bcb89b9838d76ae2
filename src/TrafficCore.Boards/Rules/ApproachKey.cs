namespace TrafficCore.Boards.Rules;

/// <summary>An approach of an intersection.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Approach">Approach id.</param>
public readonly record struct ApproachKey(string Intersection, string Approach)
{
    /// <summary>Reads <c>intersection/approach</c>; null when it is not of that form.</summary>
    public static ApproachKey? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < text.Length - 1 ? new ApproachKey(text[..slash], text[(slash + 1)..]) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Intersection}/{Approach}";
}
