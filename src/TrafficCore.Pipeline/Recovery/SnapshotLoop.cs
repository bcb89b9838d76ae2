using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>Takes a snapshot at each interval, and earlier when a shard has too much that is dirty.</summary>
/// <remarks>Ownership: one task; disposed by whoever started it.</remarks>
internal sealed class SnapshotLoop : IAsyncDisposable
{
    // After a failure the trigger still says "dirty"; a disk that is full is not asked more often than this.
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly Snapshotter _snapshots;
    private readonly AsyncSignal _trigger;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onFault;
    private readonly CancellationTokenSource _stop = new();
    private Task _task = Task.CompletedTask;

    public SnapshotLoop(Snapshotter snapshots, AsyncSignal trigger, TimeSpan interval, TimeProvider time, Action<Exception> onFault)
    {
        _snapshots = snapshots;
        _trigger = trigger;
        _interval = interval;
        _time = time;
        _onFault = onFault;
    }

    public void Start()
    {
        // Taken here and not on the task: a shard may signal before the task has begun to run.
        var triggered = _trigger.Next;
        _task = Task.Run(() => RunAsync(triggered));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _task;
        _stop.Dispose();
    }

    private async Task RunAsync(Task triggered)
    {
        try
        {
            while (true)
            {
                await Task.WhenAny(triggered, Task.Delay(_interval, _time, _stop.Token));
                _stop.Token.ThrowIfCancellationRequested();
                triggered = _trigger.Next;
                if (!await _snapshots.TakeAsync(mayDelete: true, _stop.Token))
                {
                    await Task.Delay(RetryPause, _time, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The pipeline stops and takes the last snapshot itself.
        }
        catch (Exception exception)
        {
            _onFault(exception);
        }
    }
}
