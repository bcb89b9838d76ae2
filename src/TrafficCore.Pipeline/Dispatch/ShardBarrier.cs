namespace TrafficCore.Pipeline.Dispatch;

/// <summary>
/// Work that every shard does at one and the same input position: it lies in each shard's queue right behind the batch
/// that ends there.
/// </summary>
/// <remarks>
/// Ownership: made and awaited by its requester; <see cref="Position"/> and <see cref="CountIn"/> are set by the dispatcher before
/// any shard sees it; each shard calls <see cref="Visit"/> or <see cref="Fail"/> once from its own thread.
/// </remarks>
internal sealed class ShardBarrier
{
    private readonly Action<ShardLoop> _work;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing;

    public ShardBarrier(int shards, Action<ShardLoop> work)
    {
        _missing = shards;
        _work = work;
    }

    /// <summary>End of the last batch in front of the barrier.</summary>
    public long Position { get; private set; }

    /// <summary>Sum of the header counts in front of the barrier since the data directory was made.</summary>
    public long CountIn { get; private set; }

    /// <summary>Completes when every shard did its work; fails with the first failure.</summary>
    public Task Done => _done.Task;

    public void Place(long position, long countIn)
    {
        Position = position;
        CountIn = countIn;
    }

    public void Visit(ShardLoop shard)
    {
        _work(shard);
        if (Interlocked.Decrement(ref _missing) == 0)
        {
            _done.TrySetResult();
        }
    }

    public void Fail(Exception exception) => _done.TrySetException(exception);
}
