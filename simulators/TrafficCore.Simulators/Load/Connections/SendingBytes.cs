using System.Buffers;

namespace TrafficCore.Simulators.Load;

/// <summary>
/// Bytes on their way to a stream, without a loop of their own: whoever fills them in flushes them, and only when the stream does not take them at once does
/// a continuation go on. That spares a wake-up for each message.
/// </summary>
/// <remarks>Ownership: the connection, under its lock; <paramref name="written"/> runs without it.</remarks>
internal sealed class SendingBytes(Stream stream, Action written)
{
    private ArrayBufferWriter<byte> _filling = new(256);
    private ArrayBufferWriter<byte> _draining = new(256);
    private ValueTask _write;
    private bool _isWriting;

    /// <summary>Where packets are encoded to.</summary>
    public IBufferWriter<byte> Filling => _filling;

    /// <summary>Bytes that are not handed to the stream yet.</summary>
    public int Count => _filling.WrittenCount;

    /// <summary>Nothing is on its way.</summary>
    public bool IsEmpty => !_isWriting && _filling.WrittenCount == 0;

    /// <summary>Hands over what was filled in, unless a write is under way: then <c>written</c> is called at its end.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    public void Flush()
    {
        while (!_isWriting && _filling.WrittenCount > 0)
        {
            (_filling, _draining) = (_draining, _filling);
            _filling.ResetWrittenCount();
#pragma warning disable CA2012 // It is kept in the field only, and its result is taken once: here, or by OnWritten.
            _write = stream.WriteAsync(_draining.WrittenMemory);
#pragma warning restore CA2012
            _isWriting = !_write.IsCompleted;
            if (_isWriting)
            {
                _write.GetAwaiter().UnsafeOnCompleted(written);
            }
            else
            {
                _write.GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>Takes the result of the write that is over, and goes on.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    public void OnWritten()
    {
        _isWriting = false;
        _write.GetAwaiter().GetResult();
        Flush();
    }
}
