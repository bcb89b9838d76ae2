using System.Buffers;

namespace TrafficCore.Mqtt.Client;

/// <summary>Bytes on their way to the socket: filled by whoever sends, emptied by one writing loop, many packets a write.</summary>
/// <remarks>
/// Ownership: <see cref="Filling"/> and <see cref="Count"/> under the client's lock, followed by <see cref="Signal"/>; the
/// rest belongs to the writing loop.
/// </remarks>
internal sealed class OutgoingBuffer : IDisposable
{
    private readonly SemaphoreSlim _filled = new(0, 1);
    private ArrayBufferWriter<byte> _filling = new(4096);
    private ArrayBufferWriter<byte> _draining = new(4096);
    private int _signalled;

    /// <summary>Where packets are encoded to.</summary>
    public IBufferWriter<byte> Filling => _filling;

    /// <summary>Bytes that the writing loop has not taken yet.</summary>
    public int Count => _filling.WrittenCount;

    /// <summary>Wakes the writing loop.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            _filled.Release();
        }
    }

    /// <summary>Waits until something was filled in.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        await _filled.WaitAsync(cancellation);
        Volatile.Write(ref _signalled, 0);
    }

    /// <summary>Under the client's lock: takes all bytes; they are valid until the next call.</summary>
    public ReadOnlyMemory<byte> TakeUnderLock()
    {
        (_filling, _draining) = (_draining, _filling);
        _filling.ResetWrittenCount();
        return _draining.WrittenMemory;
    }

    public void Dispose() => _filled.Dispose();
}
