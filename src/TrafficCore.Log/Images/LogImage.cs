namespace TrafficCore.Log;

/// <summary>
/// A log as it was at one moment, for who copies or reads it while a service writes, packs and deletes: every file of it is open, and its end is fixed.
/// Nothing in the log's directory is changed, and nobody has to be asked.
/// </summary>
/// <remarks>Ownership: one user. What was durable when <see cref="Pin"/> was called is in it; so may be what was just written.</remarks>
public sealed class LogImage : IDisposable
{
    // Segments are sealed, packed or deleted seconds apart at the very most; to find one moment of quiet takes a try or two.
    private const int Attempts = 50;

    private readonly ILogFileSystem _files;
    private readonly IReadOnlyList<Segment> _segments;
    private readonly List<ImageFile> _open;

    private LogImage(ILogFileSystem files, LogRecovery recovery, List<ImageFile> open)
    {
        _files = files;
        _segments = recovery.Segments;
        _open = open;
        Salt = recovery.Salt;
        End = recovery.ValidEnd;
        LastReceivedMs = recovery.Report.LastRecord?.ReceivedMs;
    }

    /// <summary>Lowest position that is still there.</summary>
    public long Start => _segments.Count == 0 ? End : _segments[0].Base;

    /// <summary>Where it ends.</summary>
    public long End { get; }

    /// <summary>Seeds the checksum of each record; null without a segment that tells it.</summary>
    public uint? Salt { get; }

    /// <summary>Receive time of the last record, Unix milliseconds UTC; null without any.</summary>
    public long? LastReceivedMs { get; }

    /// <summary>Its files: segments, and the chain of hashes over them.</summary>
    public IReadOnlyList<ImageFile> Files => _open;

    /// <summary>Opens all files of a log as of one moment.</summary>
    /// <param name="directory">The log's own directory.</param>
    /// <param name="files">File system.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="IOException">The disk can't be read, or the log is never quiet for long enough.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote the log.</exception>
    public static LogImage Pin(string directory, ILogFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(files);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryPin(directory, files) is { } image)
            {
                return image;
            }
        }

        throw new IOException($"{directory} changed while it was opened, {Attempts} times in a row.");
    }

    /// <summary>Reads it in order from a position.</summary>
    public LogReader OpenReader(long from) => new(new SegmentReaderSource(new Pinned(this), new SegmentCatalog(_segments, End)), from);

    /// <summary>Header of the first record that can be read; null without any.</summary>
    public RecordHeader? ReadFirst()
    {
        using var reader = OpenReader(Start);
        while (reader.Read(out var record) is var status and not LogReadStatus.End)
        {
            if (status == LogReadStatus.Record)
            {
                return record.Header;
            }
        }

        return null;
    }

    /// <summary>Closes its files.</summary>
    public void Dispose() => _open.ForEach(static file => file.Dispose());

    private static LogImage? TryPin(string directory, ILogFileSystem files)
    {
        List<ImageFile> open = [];
        try
        {
            // The chain says which segments there are: while it is the same, none was deleted, and none was sealed that is not among these.
            var before = ReadChain(directory, files);
            var recovery = LogRecovery.Inspect(directory, files, nominalCapacity: 0);
            open.AddRange(recovery.Segments.Select(segment => OpenSegment(segment, recovery.ValidEnd, files)));
            if (before is not null)
            {
                open.Add(ImageFile.Open(Path.Combine(directory, ChainFile.Name), files));
            }

            if (before.AsSpan().SequenceEqual(ReadChain(directory, files)))
            {
                return new LogImage(files, recovery, open);
            }
        }
        catch (FileNotFoundException)
        {
            // Packed or deleted in between.
        }
        catch
        {
            open.ForEach(static file => file.Dispose());
            throw;
        }

        open.ForEach(static file => file.Dispose());
        return null;
    }

    private static ImageFile OpenSegment(Segment segment, long validEnd, ILogFileSystem files)
    {
        var file = files.Open(segment.Path, writable: false);
        var length = file.Length;
        return new ImageFile(Path.GetFileName(segment.Path), file, segment.IsPacked ? length : segment.OffsetOf(validEnd), length);
    }

    private static byte[]? ReadChain(string directory, ILogFileSystem files)
    {
        try
        {
            using var file = files.Open(Path.Combine(directory, ChainFile.Name), writable: false);
            var content = new byte[file.Length];
            return file.Read(content, 0) == content.Length ? content : throw new FileNotFoundException();
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The image's own files under their paths, whatever became of the names since.</summary>
    private sealed class Pinned(LogImage image) : ILogFileSystem
    {
        public bool DirectoryExists(string path) => image._files.DirectoryExists(path);

        public ILogFile Open(string path, bool writable) =>
            image._open.Find(file => file.Name == Path.GetFileName(path))?.Share() ?? throw new FileNotFoundException(null, path);

        public IReadOnlyList<string> ListFiles(string directory) => [.. image._open.Select(static file => file.Name)];

        public void CreateDirectory(string path) => throw ReadOnly();

        public ILogFile Create(string path, long length) => throw ReadOnly();

        public void Rename(string from, string to) => throw ReadOnly();

        public void Delete(string path) => throw ReadOnly();

        public void SyncDirectory(string path) => throw ReadOnly();

        public IDisposable Lock(string directory) => throw ReadOnly();

        private static NotSupportedException ReadOnly() => new("An image is only read.");
    }
}
