using System.Buffers.Binary;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>Reads a body front to back; every step says whether the bytes were there.</summary>
internal ref struct SpanCursor(ReadOnlySpan<byte> source)
{
    public ReadOnlySpan<byte> Rest { get; private set; } = source;

    public bool TryByte(out byte value)
    {
        bool ok = TryBytes(1, out ReadOnlySpan<byte> bytes);
        value = ok ? bytes[0] : (byte)0;
        return ok;
    }

    public bool TryUInt16(out ushort value)
    {
        bool ok = TryBytes(2, out ReadOnlySpan<byte> bytes);
        value = ok ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;
        return ok;
    }

    public bool TryUInt24(out int value)
    {
        bool ok = TryBytes(3, out ReadOnlySpan<byte> bytes);
        value = ok ? bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) : 0;
        return ok;
    }

    public bool TryUInt32(out uint value)
    {
        bool ok = TryBytes(4, out ReadOnlySpan<byte> bytes);
        value = ok ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        return ok;
    }

    /// <summary>A text of at most 255 bytes behind its length.</summary>
    public bool TryText(out ReadOnlySpan<byte> text)
    {
        text = default;
        return TryByte(out byte length) && TryBytes(length, out text);
    }

    public bool TryBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        if ((uint)count > (uint)Rest.Length)
        {
            bytes = default;
            return false;
        }

        bytes = Rest[..count];
        Rest = Rest[count..];
        return true;
    }
}
