namespace TrafficCore.Log;

/// <summary>Batches of one reader, used again when released; on demand, since who holds them bounds them.</summary>
/// <remarks>Ownership: rented by the reader's thread, returned on any thread under the lock.</remarks>
internal sealed class BatchPool : IBatchOwner
{
    /// <summary>As long as an append buffer's default: replay then steps as live operation does.</summary>
    public const int BatchBytes = 1024 * 1024;

    // What a reader and a consumer one batch behind it have in use, with some to spare.
    private const int Kept = 4;

    private readonly Lock _gate = new();
    private readonly Stack<LogBatch> _free = new();

    public LogBatch Rent(int bytes, long start)
    {
        LogBatch? batch = null;
        if (bytes <= BatchBytes)
        {
            bytes = BatchBytes;
            lock (_gate)
            {
                _free.TryPop(out batch);
            }
        }

        batch ??= new LogBatch(this, bytes);
        batch.Begin(start);
        return batch;
    }

    public void Return(LogBatch batch)
    {
        lock (_gate)
        {
            if (batch.Memory.Length == BatchBytes && _free.Count < Kept)
            {
                _free.Push(batch);
            }
        }
    }
}
