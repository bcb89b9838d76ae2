using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.History;

/// <summary>What the API reads from the embedded store.</summary>
/// <remarks>Ownership: thread-safe. The work runs on reader threads of the store's own, never on the caller's.</remarks>
public interface IFlowHistory
{
    /// <summary>
    /// Rows whose window starts in [from, to), ascending. A length that is not stored is summed from the longest stored length that
    /// divides it; a summed window that has not ended yet is left out.
    /// </summary>
    FlowAnswer Rows(FlowQuery query, CancellationToken cancellation = default);

    /// <summary>The latest stored row of one series at a stored length; null when there is none.</summary>
    Task<FlowRow?> LatestAsync(FlowLevel level, string intersection, string id, long windowMs, CancellationToken cancellation = default);

    /// <summary>The latest stored row of every intersection at a stored length, looking back at most <paramref name="lookBack"/> from the newest row.</summary>
    Task<IReadOnlyList<FlowRow>> LatestOfAllAsync(long windowMs, TimeSpan lookBack, CancellationToken cancellation = default);

    /// <summary>What a device observed in [from, to), ascending by time; too many are no answer.</summary>
    Task<ObservationAnswer> ObservationsAsync(ObservationQuery query, CancellationToken cancellation = default);

    /// <summary>Rejected payloads, ascending: as many as were asked for, or fewer when their bytes are more than one answer may hold.</summary>
    Task<QuarantinePage> QuarantineAsync(QuarantineQuery query, CancellationToken cancellation = default);
}

/// <summary>A question for rows of one series.</summary>
/// <param name="Level">What the series describes.</param>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Id">Detector or approach id; the intersection's id at that level.</param>
/// <param name="Window">Length asked for.</param>
/// <param name="FromMs">First instant, Unix ms.</param>
/// <param name="ToMs">End, Unix ms, exclusive.</param>
public sealed record FlowQuery(FlowLevel Level, string Intersection, string Id, FlowWindow Window, long FromMs, long ToMs);

/// <summary>Rows, or the reason why the question cannot be answered.</summary>
/// <param name="Problem">What is wrong with the question; None when there are rows to read.</param>
/// <param name="Detail">In words, naming the parameter; empty when nothing is wrong.</param>
/// <param name="Rows">The rows, read from the store while they are enumerated, part by part.</param>
public sealed record FlowAnswer(FlowProblem Problem, string Detail, IAsyncEnumerable<FlowRow> Rows);

/// <summary>Why a question cannot be answered.</summary>
public enum FlowProblem
{
    /// <summary>It can.</summary>
    None,

    /// <summary>No stored length divides the window (or, for <c>day</c>, the borders of the local days).</summary>
    WindowNotStored,

    /// <summary>The range ends before it begins.</summary>
    RangeReversed,

    /// <summary>The range holds more windows than one answer may.</summary>
    RangeTooLong,
}
