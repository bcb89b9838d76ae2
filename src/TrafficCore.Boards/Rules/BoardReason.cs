namespace TrafficCore.Boards.Rules;

/// <summary>
/// Why a board shows what it shows: the rule and the numbers that upheld it. Immutable.
/// </summary>
public sealed record BoardReason
{
    /// <summary>The rule's name; <c>none</c> when no rule asks for a message.</summary>
    public required string Rule { get; init; }

    /// <summary>What happened: <c>entered</c>, <c>upheld</c>, <c>cleared</c>, <c>expired</c>, <c>removed</c> or <c>idle</c>.</summary>
    public required string Because { get; init; }

    /// <summary>The numbers, when there are any.</summary>
    public BoardEvidence? Evidence { get; init; }
}

/// <summary>One row of an approach, set against the thresholds of a rule. Immutable.</summary>
public sealed record BoardEvidence
{
    /// <summary>The approach, <c>intersection/approach</c>.</summary>
    public required ApproachKey Approach { get; init; }

    /// <summary>What was compared.</summary>
    public required BoardMetric Metric { get; init; }

    /// <summary>Its value in the window.</summary>
    public required double Value { get; init; }

    /// <summary>The rule's enter threshold.</summary>
    public required double Enter { get; init; }

    /// <summary>The rule's exit threshold.</summary>
    public required double Exit { get; init; }

    /// <summary>Window start, Unix milliseconds UTC.</summary>
    public required long Start { get; init; }

    /// <summary>Window length, ms.</summary>
    public required long Length { get; init; }

    /// <summary>How much of the window was observed, 0..1.</summary>
    public required double Coverage { get; init; }

    /// <summary>Revision of the row.</summary>
    public required int Revision { get; init; }
}

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
