using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TrafficCore.Log;

/// <summary>Seals records and reads them back. Pure functions; the layout is <see cref="RecordHeader"/>'s.</summary>
public static class RecordCodec
{
    /// <summary>
    /// Longest body, 16 MiB: a network file of 100,000 detectors is about that long, and nothing else comes near.
    /// </summary>
    public const int MaxBodyLength = 16 * 1024 * 1024;

    /// <summary>Records begin at multiples of this, so that a search for the next one tries few places.</summary>
    internal const int Alignment = 8;

    private const int MarkOffset = 10;

    /// <summary>Bytes a record with such a body takes in the log: header, body and padding to 8.</summary>
    public static int SizeOf(int bodyLength) => (RecordHeader.Size + bodyLength + (Alignment - 1)) & ~(Alignment - 1);

    /// <summary>
    /// Completes a record in place: the body already lies at [32..), this writes header, padding and checksum.
    /// </summary>
    /// <param name="record">At least <see cref="SizeOf"/> bytes.</param>
    /// <param name="type">What the body is; not 0.</param>
    /// <param name="version">Version of the body's layout.</param>
    /// <param name="bodyLength">Bytes of the body.</param>
    /// <param name="count">Readings, events or rejections inside.</param>
    /// <param name="receivedMs">Unix milliseconds UTC.</param>
    /// <param name="elapsedMs">Monotonic service time.</param>
    /// <param name="salt">The log's salt.</param>
    /// <exception cref="ArgumentOutOfRangeException">The body is longer than <see cref="MaxBodyLength"/>.</exception>
    public static void Seal(
        Span<byte> record, byte type, byte version, int bodyLength, int count, long receivedMs, long elapsedMs, uint salt)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bodyLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bodyLength, MaxBodyLength);
        record = record[..SizeOf(bodyLength)];
        record[(RecordHeader.Size + bodyLength)..].Clear();
        var header = new RecordHeader
        {
            Length = bodyLength,
            Type = type,
            Version = version,
            Mark = RecordHeader.MarkValue,
            Count = count,
            ReceivedMs = receivedMs,
            ElapsedMs = elapsedMs,
        };
        WriteHeader(record, header);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record, bodyLength, salt));
    }

    /// <summary>
    /// Looks for a record at the beginning of <paramref name="source"/>. <paramref name="size"/> is what it takes with
    /// padding; for <see cref="RecordStatus.Incomplete"/> what it would take, or 0 when not even the header is there.
    /// </summary>
    public static RecordStatus TryRead(ReadOnlySpan<byte> source, uint salt, out RecordHeader header, out int size)
    {
        header = default;
        size = 0;
        if (source.Length < RecordHeader.Size)
        {
            return RecordStatus.Incomplete;
        }

        if (!LooksLikeHeader(source))
        {
            return RecordStatus.Invalid;
        }

        header = ReadHeader(source);
        size = SizeOf(header.Length);
        if (source.Length < size)
        {
            return RecordStatus.Incomplete;
        }

        return Checksum(source, header.Length, salt) == header.Checksum ? RecordStatus.Whole : RecordStatus.Invalid;
    }

    /// <summary>
    /// Reads what was a record before it was damaged, as far as its header still makes sense; false when it does not, or when the record would not
    /// end inside. Nothing in it can be trusted.
    /// </summary>
    /// <param name="source">Bytes of a gap, from where a record began.</param>
    /// <param name="header">Its header.</param>
    /// <param name="size">What it takes with padding.</param>
    public static bool TryReadDamaged(ReadOnlySpan<byte> source, out RecordHeader header, out int size)
    {
        header = default;
        size = 0;
        if (source.Length < RecordHeader.Size || !LooksLikeHeader(source))
        {
            return false;
        }

        header = ReadHeader(source);
        size = SizeOf(header.Length);
        return size <= source.Length;
    }

    /// <summary>Reads a header without judging it.</summary>
    internal static RecordHeader ReadHeader(ReadOnlySpan<byte> source)
    {
        if (BitConverter.IsLittleEndian)
        {
            return MemoryMarshal.Read<RecordHeader>(source);
        }

        return new RecordHeader
        {
            Length = BinaryPrimitives.ReadInt32LittleEndian(source),
            Checksum = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
            Type = source[8],
            Version = source[9],
            Mark = BinaryPrimitives.ReadUInt16LittleEndian(source[MarkOffset..]),
            Count = BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            ReceivedMs = BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            ElapsedMs = BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
        };
    }

    /// <summary>Cheap test before the checksum: the mark, a possible length, a type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool LooksLikeHeader(ReadOnlySpan<byte> source) =>
        BinaryPrimitives.ReadUInt16LittleEndian(source[MarkOffset..]) == RecordHeader.MarkValue
        && BinaryPrimitives.ReadUInt32LittleEndian(source) <= MaxBodyLength
        && source[8] != 0;

    /// <summary>CRC32C from a seed over bytes; no final inversion, so calls chain.</summary>
    internal static uint Crc(uint seed, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            seed = BitOperations.Crc32C(seed, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            seed = BitOperations.Crc32C(seed, value);
        }

        return seed;
    }

    private static uint Checksum(ReadOnlySpan<byte> record, int bodyLength, uint salt)
    {
        var seed = BitOperations.Crc32C(salt, BinaryPrimitives.ReadUInt32LittleEndian(record));
        return Crc(seed, record[8..(RecordHeader.Size + bodyLength)]);
    }

    private static void WriteHeader(Span<byte> record, in RecordHeader header)
    {
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Write(record, header);
            return;
        }

        BinaryPrimitives.WriteInt32LittleEndian(record, header.Length);
        record[8] = header.Type;
        record[9] = header.Version;
        BinaryPrimitives.WriteUInt16LittleEndian(record[MarkOffset..], header.Mark);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], header.Count);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], header.ReceivedMs);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], header.ElapsedMs);
    }
}
