using System.Buffers;
using TrafficCore.Log;

namespace TrafficCore.Pipeline.Output;

/// <summary>Sealed output records of one shard on their way to the output writer, in pooled memory.</summary>
/// <remarks>Ownership: the shard fills it, hands it over through the queue and forgets it; the writer releases it.</remarks>
internal sealed class OutputChunk : IDisposable
{
    // What a shard emits for one input batch is rarely more; a larger record grows its chunk.
    public const int TargetBytes = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(TargetBytes);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Records => _buffer.AsSpan(0, Length);

    public void Append(byte type, byte version, long receivedMs, long elapsedMs, ReadOnlySpan<byte> body, uint salt)
    {
        var size = RecordCodec.SizeOf(body.Length);
        Reserve(size);
        var record = _buffer.AsSpan(Length, size);
        body.CopyTo(record[RecordHeader.Size..]);
        record[(RecordHeader.Size + body.Length)..].Clear();
        RecordCodec.Seal(record, type, version, body.Length, count: 0, receivedMs, elapsedMs, salt);
        Length += size;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    private void Reserve(int size)
    {
        if (_buffer.Length - Length >= size)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + size));
        Records.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
