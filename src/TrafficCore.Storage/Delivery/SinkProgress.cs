namespace TrafficCore.Storage.Delivery;

/// <summary>How far a sink has come and what holds it up.</summary>
/// <remarks>Ownership: written by the sink's loop, read by anyone; each value is whole by itself.</remarks>
internal sealed class SinkProgress
{
    private long _cursor;
    private long _oldestMs;
    private volatile string? _trouble;

    public long Cursor => Volatile.Read(ref _cursor);

    public string? Trouble => _trouble;

    /// <summary>Receive time of the oldest output not yet delivered; 0 when all is delivered.</summary>
    public long OldestMs
    {
        get => Volatile.Read(ref _oldestMs);
        set => Volatile.Write(ref _oldestMs, value);
    }

    public void MoveTo(long cursor) => Volatile.Write(ref _cursor, cursor);

    public void Failed(string trouble) => _trouble = trouble;

    /// <summary>Moves the cursor and clears the trouble; true when there was one.</summary>
    public bool Delivered(long cursor)
    {
        MoveTo(cursor);
        bool recovered = _trouble is not null;
        _trouble = null;
        return recovered;
    }

    public double LagSeconds(TimeProvider time) =>
        OldestMs is > 0 and var oldest ? Math.Max(0, (time.GetUtcNow().ToUnixTimeMilliseconds() - oldest) / 1000.0) : 0;
}
