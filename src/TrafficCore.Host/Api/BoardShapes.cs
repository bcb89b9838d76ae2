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

    /// <summary>Colours; empty: not known.</summary>
    public required IReadOnlyList<string> Colors { get; init; }

    /// <summary>Approaches whose state it shows, <c>intersection/approach</c>.</summary>
    public required IReadOnlyList<string> Watches { get; init; }

    /// <summary>Id of the message.</summary>
    public required string MessageId { get; init; }

    /// <summary>MULTI text of the message; empty: blank.</summary>
    public required string Multi { get; init; }

    /// <summary>The message without tags, for people; empty: blank.</summary>
    public required string Text { get; init; }

    /// <summary>Priority 1..255; absent while blank.</summary>
    public int? Priority { get; init; }

    /// <summary>When the message stops to be valid unless it is upheld; absent while blank.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Since when it is to show this: the event time of the last change; absent before the first.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Up to which window end it was judged; absent before the first judgement.</summary>
    public DateTimeOffset? JudgedUntil { get; init; }

    /// <summary>Why.</summary>
    public required BoardReasonAnswer Reason { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Why { get; init; }

    /// <summary>What it would show if what it shows were not there; absent: nothing.</summary>
    public BoardAlternativeAnswer? Otherwise { get; init; }

    /// <summary>The operator's message, whether it is shown or not; absent without one.</summary>
    public ManualMessageAnswer? Manual { get; init; }

    /// <summary>Changes by rule that are left in the hour.</summary>
    public required int ChangesLeft { get; init; }

    /// <summary>Whether the device agrees: <c>pending</c>, <c>confirmed</c>, <c>unconfirmed</c>, <c>mismatch</c>, <c>rejected</c>, <c>failed</c>, <c>offline</c>.</summary>
    public required string Delivery { get; init; }

    /// <summary>How often the message was sent again.</summary>
    public required int Resends { get; init; }

    /// <summary>Whether the device's connection is there; absent when it never said.</summary>
    public bool? Online { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? OnlineSince { get; init; }

    /// <summary>What the device last said; absent when it has said nothing.</summary>
    public BoardStatusAnswer? Status { get; init; }
}

/// <summary>A message that waits behind the one that is shown.</summary>
/// <param name="Multi">MULTI text.</param>
/// <param name="Priority">Priority.</param>
/// <param name="Expires">When it stops to be valid.</param>
/// <param name="Rule">The rule, or <c>manual</c>.</param>
/// <param name="Why">Why it asks, in words.</param>
public sealed record BoardAlternativeAnswer(string Multi, int? Priority, DateTimeOffset? Expires, string Rule, string Why);

/// <summary>An operator's message.</summary>
/// <param name="Multi">MULTI text.</param>
/// <param name="Priority">Priority 1..255.</param>
/// <param name="Since">When it was asked for.</param>
/// <param name="Expires">When it ends by itself.</param>
/// <param name="Author">Who asked.</param>
/// <param name="Note">The author's remark.</param>
/// <param name="Shown">Whether it is what the board shows; false: something of higher priority is.</param>
public sealed record ManualMessageAnswer(
    string Multi, int Priority, DateTimeOffset Since, DateTimeOffset Expires, string? Author, string? Note, bool Shown);

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

    /// <summary>Seconds since then; absent in a history.</summary>
    public double? Age { get; init; }
}

/// <summary>A line of the board log.</summary>
public sealed record BoardMessageAnswer
{
    /// <summary>Event time of the decision.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary><c>commanded</c> or <c>blanked</c>.</summary>
    public required string State { get; init; }

    /// <summary>Id of the message.</summary>
    public required string Id { get; init; }

    /// <summary>MULTI text; empty: blank.</summary>
    public required string Multi { get; init; }

    /// <summary>Priority; absent for a blank.</summary>
    public int? Priority { get; init; }

    /// <summary>When it would have expired; absent for a blank.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The operator who decided; absent when none did, or did not say.</summary>
    public string? Author { get; init; }

    /// <summary>Why.</summary>
    public required BoardReasonAnswer Reason { get; init; }
}

/// <summary>The body of a command.</summary>
public sealed record BoardCommandRequest
{
    /// <summary>NTCIP 1203 MULTI text that the board can show; or <see cref="Text"/>.</summary>
    public string? Multi { get; init; }

    /// <summary>Plain lines; shorter wordings may follow behind <c>|</c>.</summary>
    public IReadOnlyList<string>? Text { get; init; }

    /// <summary>Priority 1..255. Default 11.</summary>
    public int? Priority { get; init; }

    /// <summary>When it ends by itself: ISO 8601 with offset.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>How long it stays instead, e.g. <c>30m</c>. Default <c>Boards:ManualDuration</c>.</summary>
    public string? Duration { get; init; }

    /// <summary>Who asks.</summary>
    public string? Author { get; init; }

    /// <summary>A remark.</summary>
    public string? Note { get; init; }
}
