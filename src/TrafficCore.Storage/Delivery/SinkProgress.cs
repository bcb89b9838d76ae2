namespace TrafficCore.Storage.Delivery;

/// <summary>How far a sink has come and what holds it up.</summary>
/// <remarks>Ownership: written by the sink's loop, read by anyone; each value is whole by itself.</remarks>
internal sealed class SinkProgress(IOutputSource source, TimeProvider time)
{
    private long _cursor;
    private long _oldestMs;
    private long _records;
    private long _skipped;
    private long _refilled;
    private volatile string? _trouble;

    public long Cursor => Volatile.Read(ref _cursor);

    public string? Trouble => _trouble;

    public long SkippedBytes => Volatile.Read(ref _skipped);

    public long RefilledRows => Volatile.Read(ref _refilled);

    /// <summary>Receive time of the oldest output not yet delivered; 0 when all is delivered.</summary>
    public long OldestMs
    {
        get => Volatile.Read(ref _oldestMs);
        set => Volatile.Write(ref _oldestMs, value);
    }

    public SinkLag Lag
    {
        get
        {
            long bytes = Math.Max(0, source.DurableEnd - Cursor);
            double seconds = OldestMs is > 0 and var oldest ? Math.Max(0, (time.GetUtcNow().ToUnixTimeMilliseconds() - oldest) / 1000.0) : 0;
            return new SinkLag(bytes, bytes == 0 ? 0 : Math.Max(1, source.Records - Volatile.Read(ref _records)), seconds);
        }
    }

    /// <summary>Where delivery begins, and how many records are behind that.</summary>
    public void StartAt(long cursor)
    {
        MoveTo(cursor);
        Volatile.Write(ref _records, source.Records - source.CountRecords(cursor));
    }

    public void MoveTo(long cursor) => Volatile.Write(ref _cursor, cursor);

    /// <summary>Nothing is left to read: what was only estimated is known now.</summary>
    public void CaughtUp(long records) => Volatile.Write(ref _records, records);

    public void Skipped(long bytes) => Volatile.Write(ref _skipped, _skipped + bytes);

    public void Refilled(long rows) => Volatile.Write(ref _refilled, _refilled + rows);

    public void Failed(string trouble) => _trouble = trouble;

    /// <summary>Moves the cursor and clears the trouble; true when there was one.</summary>
    /// <param name="cursor">Everything below was delivered.</param>
    /// <param name="records">How many records that were.</param>
    public bool Delivered(long cursor, long records)
    {
        MoveTo(cursor);
        Volatile.Write(ref _records, _records + records);
        bool recovered = _trouble is not null;
        _trouble = null;
        return recovered;
    }
}
