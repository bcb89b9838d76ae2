using System.Threading.Tasks.Sources;

namespace TrafficCore.Mqtt.Client;

/// <summary>Wakes one loop from any thread; signals that come before it waits are one. Waiting allocates nothing.</summary>
/// <remarks>Ownership: <see cref="WaitAsync"/> belongs to one loop, <see cref="Signal"/> to any thread.</remarks>
internal sealed class WakeSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Signalled = 2;

    // The loop goes on elsewhere: whoever signals may hold a lock, or be a thread that must not be kept.
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    public void Signal()
    {
        while (true)
        {
            var seen = Volatile.Read(ref _state);
            if (seen == Signalled)
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _state, seen == Waiting ? Idle : Signalled, seen) == seen)
            {
                if (seen == Waiting)
                {
                    _core.SetResult(true);
                }

                return;
            }
        }
    }

    /// <summary>Completes with the next signal, or at once when one came since the last.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Signalled) == Signalled)
        {
            return ValueTask.CompletedTask;
        }

        _core.Reset();
        return Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle ? new ValueTask(this, _core.Version) : WaitAsync();
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
