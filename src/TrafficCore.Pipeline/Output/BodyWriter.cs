using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace TrafficCore.Pipeline.Output;

/// <summary>Writes a record body or a state part front to back into a buffer that it keeps. One owner.</summary>
/// <remarks>Integers are variable-length (7 bits a byte, least first; signed ones zigzag) unless the name says fixed.</remarks>
internal sealed class BodyWriter
{
    private byte[] _buffer = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value) => Take(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void FixedInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void FixedInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Unsigned(ulong value)
    {
        Span<byte> target = Reserve(10);
        int used = 0;
        while (value >= 0x80)
        {
            target[used++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[used++] = (byte)value;
        Length += used;
    }

    public void Count(int value) => Unsigned((uint)value);

    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>A text behind its length in UTF-8 bytes.</summary>
    public void Text(string value)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        Count(bytes);
        Encoding.UTF8.GetBytes(value, Take(bytes));
    }

    /// <summary>Bytes behind their length.</summary>
    public void Block(ReadOnlySpan<byte> bytes)
    {
        Count(bytes.Length);
        Raw(bytes);
    }

    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    private Span<byte> Take(int count)
    {
        Span<byte> target = Reserve(count);
        Length += count;
        return target[..count];
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Array.Resize(ref _buffer, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + count)));
        }

        return _buffer.AsSpan(Length);
    }
}
