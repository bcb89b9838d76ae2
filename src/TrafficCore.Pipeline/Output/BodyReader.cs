using System.Buffers.Binary;
using System.Text;

namespace TrafficCore.Pipeline.Output;

/// <summary>Reads what <see cref="BodyWriter"/> wrote.</summary>
/// <remarks>The bytes have passed a checksum, so a wrong one is a defect or a foreign file: <see cref="InvalidDataException"/>.</remarks>
internal ref struct BodyReader(ReadOnlySpan<byte> source)
{
    public ReadOnlySpan<byte> Rest { get; private set; } = source;

    public readonly bool AtEnd => Rest.IsEmpty;

    public byte Byte() => Raw(1)[0];

    /// <summary>The next byte, which stays.</summary>
    public readonly byte Peek() => AtEnd ? throw new InvalidDataException("the content ends early") : Rest[0];

    public bool Bool() => Byte() != 0;

    public int FixedInt32() => BinaryPrimitives.ReadInt32LittleEndian(Raw(4));

    public long FixedInt64() => BinaryPrimitives.ReadInt64LittleEndian(Raw(8));

    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a variable-length integer does not end");
    }

    /// <summary>A number of things, each of at least one byte of what follows.</summary>
    public int Count()
    {
        ulong value = Unsigned();
        return value <= (ulong)Rest.Length ? (int)value : throw new InvalidDataException("a count goes beyond the end");
    }

    public int Int32() => checked((int)Unsigned());

    public long Int64() => checked((long)Unsigned());

    public long Signed()
    {
        ulong value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public string Text() => Encoding.UTF8.GetString(Raw(Count()));

    public ReadOnlySpan<byte> Block() => Raw(Count());

    public ReadOnlySpan<byte> Raw(int count)
    {
        if ((uint)count > (uint)Rest.Length)
        {
            throw new InvalidDataException("the content ends early");
        }

        ReadOnlySpan<byte> bytes = Rest[..count];
        Rest = Rest[count..];
        return bytes;
    }
}
