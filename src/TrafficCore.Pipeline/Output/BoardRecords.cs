using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Output;

/// <summary>Body of a <see cref="RecordType.BoardDecision"/> record: what a board is to show from a moment on. One line of the board log.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Board">Board id.</param>
/// <param name="Time">Event time of the decision, Unix milliseconds UTC; with intersection and board its identity.</param>
/// <param name="Id">Id of the message.</param>
/// <param name="Message">MULTI text; empty: dark.</param>
/// <param name="Priority">1..255; null for a blank.</param>
/// <param name="Rule">The rule, <c>manual</c> or <c>none</c>.</param>
/// <param name="State"><c>commanded</c> or <c>blanked</c>.</param>
/// <param name="Expires">When the message expires unless it is upheld, Unix milliseconds UTC; null for a blank.</param>
/// <param name="Author">The operator; null when no operator decided, or did not say.</param>
/// <param name="Reason">The whole reason, JSON.</param>
public sealed record BoardDecisionRecord(
    string Intersection,
    string Board,
    long Time,
    string Id,
    string Message,
    int? Priority,
    string Rule,
    string State,
    long? Expires,
    string? Author,
    string Reason);

/// <summary>Body of a <see cref="RecordType.BoardStatus"/> record: what a board's device says.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Board">Board id.</param>
/// <param name="ReceivedMs">When it said so, Unix milliseconds UTC; with intersection and board its identity.</param>
/// <param name="Id">Id of the message that it refers to; null when it names none.</param>
/// <param name="State"><c>shown</c>, <c>blank</c>, <c>rejected</c> or <c>failed</c>.</param>
/// <param name="Message">What stands on it, when it says so.</param>
/// <param name="Error">Its own words on what went wrong.</param>
public sealed record BoardStatusRecord(
    string Intersection, string Board, long ReceivedMs, string? Id, string State, string? Message, string? Error);
