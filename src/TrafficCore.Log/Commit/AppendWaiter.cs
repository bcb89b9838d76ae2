namespace TrafficCore.Log;

/// <summary>Completes a task when the one buffer it is registered with is durable.</summary>
internal sealed class AppendWaiter : ICommitWaiter
{
    // Continuations run elsewhere: the committer has acknowledgements to send.
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _done.Task;

    public void OnCommitted(long durableEnd) => _done.TrySetResult();

    public void Abort() => _done.TrySetException(new ObjectDisposedException(nameof(GroupCommitLog)));
}
