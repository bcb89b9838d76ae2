using System.Buffers;

namespace TrafficCore.Mqtt.Client;

/// <summary>Bytes on their way to the transport: filled by whoever sends, emptied by one writing loop, many packets a write.</summary>
/// <remarks>
/// Ownership: <see cref="Filling"/> and <see cref="Count"/> under the session's lock, followed by <see cref="Signal"/>; the
/// rest belongs to the writing loop.
/// </remarks>
internal sealed class OutgoingBuffer
{
    private readonly WakeSignal _filled = new();
    private ArrayBufferWriter<byte> _filling = new(1024);
    private ArrayBufferWriter<byte> _draining = new(1024);

    /// <summary>Where packets are encoded to.</summary>
    public IBufferWriter<byte> Filling => _filling;

    /// <summary>Bytes that the writing loop has not taken yet.</summary>
    public int Count => _filling.WrittenCount;

    /// <summary>Wakes the writing loop.</summary>
    public void Signal() => _filled.Signal();

    /// <summary>Waits until something was filled in, or the end was signalled.</summary>
    public ValueTask WaitAsync() => _filled.WaitAsync();

    /// <summary>Under the session's lock: takes all bytes; they are valid until the next call.</summary>
    public ReadOnlyMemory<byte> TakeUnderLock()
    {
        (_filling, _draining) = (_draining, _filling);
        _filling.ResetWrittenCount();
        return _draining.WrittenMemory;
    }
}
