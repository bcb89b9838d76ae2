namespace TrafficCore.Boards.Delivery;

/// <summary>Keeps decisions and what devices say. Implemented where the log is known; called by the boards' loop only.</summary>
public interface IBoardLog
{
    /// <summary>Appends; everything is durable when it completes. Appending the same again after a crash is harmless.</summary>
    /// <param name="decisions">Changes of what boards are to show, in order of time for each board.</param>
    /// <param name="statuses">Changes of what boards say.</param>
    /// <param name="cancellationToken">Gives up waiting for a disk that takes nothing.</param>
    ValueTask AppendAsync(IReadOnlyList<BoardDecision> decisions, IReadOnlyList<BoardStatusChange> statuses, CancellationToken cancellationToken);
}
