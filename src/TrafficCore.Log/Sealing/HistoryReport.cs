namespace TrafficCore.Log;

/// <summary>How a log's files differ from what its chain of hashes says.</summary>
public enum HistoryProblemKind
{
    /// <summary>There is no chain: it was taken, or no service of this version has opened the log yet.</summary>
    ChainMissing,

    /// <summary>The chain's file can't be understood.</summary>
    ChainDamaged,

    /// <summary>A link does not follow from the one before: it was changed, taken out, put in or moved.</summary>
    ChainAltered,

    /// <summary>A sealed segment is not there, and retention did not delete it.</summary>
    Removed,

    /// <summary>A sealed segment has other content.</summary>
    Changed,

    /// <summary>A sealed segment has the content, or the header, of another one.</summary>
    Exchanged,

    /// <summary>A sealed segment ends too early.</summary>
    Truncated,

    /// <summary>A segment lies among the sealed ones that was never sealed.</summary>
    Inserted,

    /// <summary>The head that was noted down is not on this chain.</summary>
    HeadUnknown,
}

/// <summary>One difference.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Subject">The file, or what else it is about.</param>
/// <param name="From">First position that it concerns.</param>
/// <param name="To">Position behind the last.</param>
public sealed record HistoryProblem(HistoryProblemKind Kind, string Subject, long From, long To);

/// <summary>What <see cref="HistoryAudit"/> found.</summary>
public sealed class HistoryReport
{
    /// <summary>Position where the chain begins: what lies before was deleted by retention, or is older than the chain.</summary>
    public required long AnchorPosition { get; init; }

    /// <summary>Hash there, lower-case hexadecimal; zeros when retention has deleted nothing.</summary>
    public required string Anchor { get; init; }

    /// <summary>Sealed segments whose content was compared.</summary>
    public required int Verified { get; init; }

    /// <summary>Position up to which the chain reaches; what is newer is not sealed yet.</summary>
    public required long SealedEnd { get; init; }

    /// <summary>Hash of the newest link, lower-case hexadecimal. Noted down elsewhere it proves later that nothing in front of it was altered.</summary>
    public required string Head { get; init; }

    /// <summary>Everything that differs; empty when the history is proved.</summary>
    public required IReadOnlyList<HistoryProblem> Problems { get; init; }
}
