namespace TrafficCore.Log;

/// <summary>
/// The buffers that nobody uses: a fixed number, and one at a time of any length for records that fit in none of them.
/// </summary>
/// <remarks>Ownership: the <see cref="AppendQueue"/>, under its lock.</remarks>
internal sealed class BufferSupply
{
    private readonly Stack<AppendBuffer> _free = new();
    private readonly GroupCommitLog _log;
    private readonly int _bufferBytes;
    private bool _longInUse;
    private bool _longWanted;

    public BufferSupply(GroupCommitLog log, LogOptions options)
    {
        (_log, _bufferBytes) = (log, options.BufferBytes);
        for (var i = 0; i < options.Buffers; i++)
        {
            _free.Push(new AppendBuffer(log, options.BufferBytes, pooled: true));
        }
    }

    public bool HasFree => _free.Count > 0;

    /// <summary>Somebody with a long record waits for the one before: there is room only when that is gone.</summary>
    public bool LongWaits => _longInUse && _longWanted;

    /// <summary>A buffer that has room for so many bytes, or null.</summary>
    public AppendBuffer? Take(int length)
    {
        if (length <= _bufferBytes)
        {
            return _free.TryPop(out var buffer) ? buffer : null;
        }

        _longWanted = _longInUse;
        if (_longInUse)
        {
            return null;
        }

        _longInUse = true;
        return new AppendBuffer(_log, length, pooled: false);
    }

    public void Return(AppendBuffer buffer)
    {
        if (buffer.Pooled)
        {
            _free.Push(buffer);
        }
        else
        {
            _longInUse = _longWanted = false;
        }
    }
}
