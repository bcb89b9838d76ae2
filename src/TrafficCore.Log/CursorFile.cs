namespace TrafficCore.Log;

/// <summary>A position that survives: how far a consumer of a log has got.</summary>
/// <remarks>Ownership: single; <see cref="Position"/> may be read from any thread.</remarks>
public sealed class CursorFile
{
    private readonly string _path;
    private readonly ILogFileSystem _files;
    private long _position;

    /// <summary>
    /// Opens or creates the cursor <paramref name="name"/> in a directory. A new one is at 0; so is a damaged one, since to
    /// repeat is harmless and to skip is not, but <see cref="Damaged"/> says so.
    /// </summary>
    public CursorFile(string directory, string name, ILogFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        _path = Path.Combine(directory, name + ".cursor");
        DurableDirectory.Ensure(files, directory);
        files.Delete(_path + SealedFile.TemporaryExtension);

        // A name that a killed process did not sync must not change after it was read.
        files.SyncDirectory(directory);
        _position = Load();
    }

    /// <summary>The last saved position.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>The file was there and could not be understood.</summary>
    public bool Damaged { get; private set; }

    /// <summary>Saves a position: durable when this returns. After a crash the file has this position or the one before, whole.</summary>
    /// <exception cref="IOException">The disk refuses; <see cref="Position"/> is as it was.</exception>
    public void Save(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        SealedFile.Replace(_files, _path, position);
        Volatile.Write(ref _position, position);
    }

    private long Load()
    {
        ILogFile file;
        try
        {
            file = _files.Open(_path, writable: false);
        }
        catch (FileNotFoundException)
        {
            return 0;
        }

        using (file)
        {
            Damaged = !SealedFile.TryRead(file, out var position, out _);
            return Damaged ? 0 : position;
        }
    }
}
