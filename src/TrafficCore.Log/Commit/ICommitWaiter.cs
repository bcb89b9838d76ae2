namespace TrafficCore.Log;

/// <summary>Waits for the durable end to pass what it appended.</summary>
public interface ICommitWaiter
{
    /// <summary>
    /// Called on the committer thread, at least once after what was appended with this waiter is durable; once per
    /// commit however often it appended. Must not block and should not throw.
    /// </summary>
    void OnCommitted(long durableEnd);
}

/// <summary>Takes durable records over, in order.</summary>
public interface ICommitSink
{
    /// <summary>
    /// Called on the committer thread after the waiters. The batch carries one reference that the sink releases. May block:
    /// that is the back-pressure that reaches the appenders when all buffers are in use.
    /// </summary>
    void OnCommitted(LogBatch batch);
}
