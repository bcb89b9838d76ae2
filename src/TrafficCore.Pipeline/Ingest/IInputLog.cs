using TrafficCore.Log;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>The input log as the door sees it. Safe from any thread.</summary>
/// <remarks>A seam so that the door is tested without a disk; the product has <see cref="GroupCommitInputLog"/> alone.</remarks>
public interface IInputLog
{
    /// <summary>What records are sealed with.</summary>
    uint Salt { get; }

    /// <summary>Appends sealed records as one; false when the log is full, and then nothing was taken.</summary>
    bool TryAppend(ReadOnlySpan<byte> sealedRecords, int acks, ICommitWaiter? waiter, out long end);

    /// <summary>Completes when an append may succeed again.</summary>
    ValueTask WaitForRoomAsync(CancellationToken cancel);
}

/// <summary>The group commit log behind the door's seam.</summary>
public sealed class GroupCommitInputLog(GroupCommitLog log) : IInputLog
{
    /// <inheritdoc/>
    public uint Salt => log.Salt;

    /// <inheritdoc/>
    public bool TryAppend(ReadOnlySpan<byte> sealedRecords, int acks, ICommitWaiter? waiter, out long end) =>
        log.TryAppend(sealedRecords, acks, waiter, out end);

    /// <inheritdoc/>
    public ValueTask WaitForRoomAsync(CancellationToken cancel) => log.WaitForRoomAsync(cancel);
}
