namespace TrafficCore.Host.Api;

/// <summary>A board, what it shows and why.</summary>
public sealed record BoardAnswer
{
    /// <summary>Intersection id.</summary>
    public required string Intersection { get; init; }

    /// <summary>Board id.</summary>
    public required string Board { get; init; }

    /// <summary>Lines of a page.</summary>
    public required int Lines { get; init; }

    /// <summary>Characters of a line.</summary>
    public required int Characters { get; init; }

    /// <summary>Pages.</summary>
    public required int Pages { get; init; }

    /// <summary>Approaches whose state it shows, <c>intersection/approach</c>.</summary>
    public required IReadOnlyList<string> Watches { get; init; }

    /// <summary>Id of the message; absent before the first judgement.</summary>
    public string? MessageId { get; init; }

    /// <summary>MULTI text of the message; empty: blank.</summary>
    public string? Multi { get; init; }

    /// <summary>Priority 1..255; absent while blank.</summary>
    public int? Priority { get; init; }

    /// <summary>When the message stops to be valid; absent while blank.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Since when it is to show this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why.</summary>
    public BoardReasonAnswer? Reason { get; init; }

    /// <summary>Whether the device agrees: <c>pending</c>, <c>confirmed</c>, <c>mismatch</c>, <c>rejected</c>, <c>failed</c>.</summary>
    public required string Delivery { get; init; }

    /// <summary>How often the message was sent again.</summary>
    public required int Resends { get; init; }

    /// <summary>What the device last said; absent when it has said nothing.</summary>
    public BoardStatusAnswer? Status { get; init; }
}

/// <summary>Why a board shows what it shows.</summary>
/// <param name="Rule">The rule; <c>none</c> when no rule asked for anything yet.</param>
/// <param name="Because">What happened and the numbers.</param>
public sealed record BoardReasonAnswer(string Rule, BoardCauseAnswer Because);

/// <summary>What made a rule act. Numbers are absent when there were none.</summary>
public sealed record BoardCauseAnswer
{
    /// <summary><c>entered</c>, <c>upheld</c>, <c>cleared</c>, <c>expired</c> or <c>idle</c>.</summary>
    public required string Event { get; init; }

    /// <summary>The approach, <c>intersection/approach</c>.</summary>
    public string? Approach { get; init; }

    /// <summary><c>occupancy</c> or <c>speedRatio</c>.</summary>
    public string? Metric { get; init; }

    /// <summary>Its value.</summary>
    public double? Value { get; init; }

    /// <summary>Enter threshold.</summary>
    public double? Enter { get; init; }

    /// <summary>Exit threshold.</summary>
    public double? Exit { get; init; }

    /// <summary>Window length, e.g. <c>60s</c>.</summary>
    public string? Window { get; init; }

    /// <summary>Window start.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Coverage of the window.</summary>
    public double? Coverage { get; init; }

    /// <summary>Revision of the row.</summary>
    public int? Revision { get; init; }
}

/// <summary>What a board's device says.</summary>
public sealed record BoardStatusAnswer
{
    /// <summary>Message id that it refers to.</summary>
    public string? Id { get; init; }

    /// <summary><c>shown</c>, <c>blank</c>, <c>rejected</c>, <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>What stands on it.</summary>
    public string? Multi { get; init; }

    /// <summary>The device's time.</summary>
    public DateTimeOffset? Ts { get; init; }

    /// <summary>The device's words on what went wrong.</summary>
    public string? Error { get; init; }

    /// <summary>When it was received.</summary>
    public DateTimeOffset? Received { get; init; }
}
