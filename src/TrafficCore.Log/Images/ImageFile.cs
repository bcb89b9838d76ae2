namespace TrafficCore.Log;

/// <summary>One file of an image: open, so that it can be read to the end whatever becomes of its name.</summary>
/// <remarks>Ownership: the image that opened it; reads may come from several threads.</remarks>
public sealed class ImageFile : IDisposable
{
    private readonly ILogFile _file;

    /// <summary>Takes an open file over.</summary>
    /// <param name="name">Its name in the directory of the image.</param>
    /// <param name="file">The file.</param>
    /// <param name="valid">Bytes that count; what lies behind is written at this moment, and reads as the zeros of a segment that is not full.</param>
    /// <param name="length">Length of the copy.</param>
    public ImageFile(string name, ILogFile file, long valid, long length)
    {
        Name = name;
        _file = file;
        Valid = Math.Min(valid, length);
        Length = length;
    }

    /// <summary>Name in its directory.</summary>
    public string Name { get; }

    /// <summary>Bytes that count.</summary>
    public long Valid { get; }

    /// <summary>Bytes of the file in the image.</summary>
    public long Length { get; }

    /// <summary>Opens all of an existing file.</summary>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    public static ImageFile Open(string path, ILogFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var file = files.Open(path, writable: false);
        return new ImageFile(Path.GetFileName(path), file, file.Length, file.Length);
    }

    /// <summary>
    /// Writes the file under its name into another directory, where none of that name is; durable when this returns, but for the name.
    /// </summary>
    /// <param name="directory">Where to.</param>
    /// <param name="files">File system.</param>
    /// <param name="onBytes">Is given the bytes in order, zeros behind <see cref="Valid"/> included.</param>
    /// <exception cref="IOException">The disk refuses, or the file became shorter.</exception>
    public void CopyTo(string directory, ILogFileSystem files, Action<ReadOnlySpan<byte>>? onBytes = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        const int ChunkBytes = 1024 * 1024;
        var chunk = new byte[(int)Math.Min(ChunkBytes, Math.Max(1, Length))];
        using var copy = files.Create(Path.Combine(directory, Name), Length);
        for (var offset = 0L; offset < Length; offset += chunk.Length)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, Length - offset));
            var counted = (int)Math.Clamp(Valid - offset, 0, part.Length);
            if (_file.Read(part[..counted], offset) != counted)
            {
                throw new IOException($"{Name} became shorter while it was read.");
            }

            part[counted..].Clear();
            if (counted > 0)
            {
                copy.Write(part[..counted], offset);
            }

            onBytes?.Invoke(part);
        }

        copy.Sync();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The same file for one more reader, who does not close it.</summary>
    internal ILogFile Share() => new Shared(_file);

    private sealed class Shared(ILogFile file) : ILogFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);

        public void Write(ReadOnlySpan<byte> source, long offset) => throw new NotSupportedException("An image is only read.");

        public void Sync() => throw new NotSupportedException("An image is only read.");

        public void Dispose()
        {
        }
    }
}
