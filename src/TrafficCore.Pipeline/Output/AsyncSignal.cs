namespace TrafficCore.Pipeline.Output;

/// <summary>Wakes everybody who waits for "something is new"; a pulse without waiters costs one exchange.</summary>
/// <remarks>
/// Ownership: any thread. Take <see cref="Next"/> first, then look, then await it: a pulse between the two is not lost.
/// </remarks>
internal sealed class AsyncSignal
{
    private TaskCompletionSource _next = New();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Pulse() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
