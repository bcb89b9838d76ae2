namespace TrafficCore.Log;

/// <summary>What a log reports besides its return values.</summary>
public enum LogFaultKind
{
    /// <summary>A write or sync failed; the segment is left and its unacknowledged records go to a new one.</summary>
    SegmentAbandoned,

    /// <summary>A new segment failed too; nothing is taken until a retry succeeds.</summary>
    Unavailable,

    /// <summary>A retry succeeded; the log takes records again.</summary>
    Available,

    /// <summary>The next segment could not be prepared ahead; it is made when needed.</summary>
    PreparationFailed,

    /// <summary>A finished segment could not be linked into the chain of hashes or be packed; it is tried again.</summary>
    SealingFailed,

    /// <summary>The chain of hashes can't be read; a new one begins, and nothing older can be proved by it.</summary>
    ChainDamaged,

    /// <summary>A commit waiter threw; its connection may miss acknowledgements.</summary>
    WaiterFailed,

    /// <summary>The commit sink threw: the log stops, since its consumer would miss records.</summary>
    SinkFailed,
}

/// <summary>Something to log and count; nothing acknowledged is lost by it.</summary>
/// <param name="Log">Name of the log.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Position">Durable end at that time.</param>
/// <param name="Error">Cause, if there is one.</param>
public readonly record struct LogFault(string Log, LogFaultKind Kind, long Position, Exception? Error);
