using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace TrafficCore.Log;

/// <summary>A small whole file (snapshot, cursor): 32 bytes of header with position, length and checksum, then content.</summary>
internal static class SealedFile
{
    public const int HeaderSize = 32;

    /// <summary>What the name of a file ends with until it is whole.</summary>
    public const string TemporaryExtension = ".tmp";

    private const ushort FormatVersion = 1;
    private const int ContentCrcOffset = 24;
    private const int HeaderCrcOffset = 28;

    private static ReadOnlySpan<byte> Magic => "TCSEAL"u8;

    public static void WriteHeader(Span<byte> header, long position, long length, uint contentCrc)
    {
        header[..HeaderSize].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], position);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ContentCrcOffset..], contentCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[HeaderCrcOffset..], RecordCodec.Crc(uint.MaxValue, header[..HeaderCrcOffset]));
    }

    /// <summary>
    /// Makes a file, or puts it in the place of the one before: durable when this returns. After a crash the file is this one or
    /// the one before, whole.
    /// </summary>
    /// <exception cref="IOException">The disk refuses; the file before is as it was.</exception>
    public static void Replace(ILogFileSystem files, string path, long position, Action<SealedFileWriter>? write = null)
    {
        var temporary = path + TemporaryExtension;
        files.Delete(temporary);
        using (var file = files.Create(temporary, 0))
        {
            var writer = new SealedFileWriter(file);
            write?.Invoke(writer);
            writer.Complete(position);
            file.Sync();
        }

        files.Rename(temporary, path);
        files.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads a file whole; false when anything about it is wrong.</summary>
    /// <exception cref="InvalidDataException">It is intact, and a newer program wrote it.</exception>
    public static bool TryRead(ILogFile file, out long position, [NotNullWhen(true)] out byte[]? content)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        (position, content) = (0, null);
        if (file.Read(header, 0) != HeaderSize
            || !header.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderCrcOffset..]) != RecordCodec.Crc(uint.MaxValue, header[..HeaderCrcOffset]))
        {
            return false;
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        if (version != FormatVersion)
        {
            throw new InvalidDataException($"The file has format {version}; this program knows {FormatVersion}.");
        }

        position = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        var length = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        if (length != file.Length - HeaderSize || length > Array.MaxLength)
        {
            return false;
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)length);
        if (file.Read(bytes, HeaderSize) != bytes.Length
            || RecordCodec.Crc(uint.MaxValue, bytes) != BinaryPrimitives.ReadUInt32LittleEndian(header[ContentCrcOffset..]))
        {
            return false;
        }

        content = bytes;
        return true;
    }
}

/// <summary>Streams the content of a <see cref="SealedFile"/> to disk, the header last. Single owner.</summary>
internal sealed class SealedFileWriter(ILogFile file) : IBufferWriter<byte>
{
    private const int ChunkBytes = 256 * 1024;

    private byte[] _buffer = [];
    private int _used;
    private long _length;
    private uint _crc = uint.MaxValue;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _used);
        _used += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_used);
    }

    /// <summary>Writes the rest and the header.</summary>
    public void Complete(long position)
    {
        Flush();
        Span<byte> header = stackalloc byte[SealedFile.HeaderSize];
        SealedFile.WriteHeader(header, position, _length, _crc);
        file.Write(header, 0);
    }

    private void Reserve(int size)
    {
        size = Math.Max(size, 1);
        if (_buffer.Length - _used >= size)
        {
            return;
        }

        Flush();
        if (_buffer.Length < size)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(size, ChunkBytes));
        }
    }

    private void Flush()
    {
        if (_used == 0)
        {
            return;
        }

        _crc = RecordCodec.Crc(_crc, _buffer.AsSpan(0, _used));
        file.Write(_buffer.AsSpan(0, _used), SealedFile.HeaderSize + _length);
        _length += _used;
        _used = 0;
    }
}
