using System.Buffers;

namespace TrafficCore.Mqtt.Broker;

/// <summary>One buffer per thread in which packets are put together before they are sent in one call.</summary>
/// <remarks>Ownership: the thread that asked for it, until that thread's next await.</remarks>
internal sealed class ScratchBuffer : IBufferWriter<byte>
{
    /// <summary>A send is filled up to here. 32 KiB: what a socket's send buffer takes at once, and small enough for caches.</summary>
    public const int FillTo = 32 * 1024;

    private const int Initial = FillTo + 4096;

    [ThreadStatic]
    private static ScratchBuffer? _current;

    private byte[] _bytes = new byte[Initial];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>This thread's buffer, empty.</summary>
    public static ScratchBuffer ForThread()
    {
        var scratch = _current ??= new ScratchBuffer();
        scratch.Length = 0;
        if (scratch._bytes.Length > Initial * 8)
        {
            scratch._bytes = new byte[Initial]; // one huge message does not stay in memory for ever
        }

        return scratch;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - Length < Math.Max(count, 1))
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }
    }
}
