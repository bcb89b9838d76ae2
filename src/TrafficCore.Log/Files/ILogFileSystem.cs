namespace TrafficCore.Log;

/// <summary>
/// The few file operations durability rests on, apart so that a test can forget what was not synced and fail what it
/// likes. Failures are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </summary>
/// <remarks>
/// A name is durable only after <see cref="SyncDirectory"/> of the directory that holds it; content and size only after
/// <see cref="ILogFile.Sync"/>. Implementations may be called from several threads.
/// </remarks>
public interface ILogFileSystem
{
    /// <summary>Whether the directory exists.</summary>
    bool DirectoryExists(string path);

    /// <summary>Creates one directory; the parent exists. Nothing happens when it is there already.</summary>
    void CreateDirectory(string path);

    /// <summary>Names (not paths) of the files in a directory, in ordinal order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Creates a file that does not exist yet, of the given length, that reads as zeros.</summary>
    ILogFile Create(string path, long length);

    /// <summary>Opens an existing file to read, or to read and write.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    ILogFile Open(string path, bool writable);

    /// <summary>Renames a file inside its directory, atomically; an existing target is replaced.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; who has it open can go on reading it. Nothing happens when there is none.</summary>
    void Delete(string path);

    /// <summary>Makes the names in a directory durable.</summary>
    void SyncDirectory(string path);

    /// <summary>Takes the directory for this owner alone, until disposed or until the process ends.</summary>
    /// <exception cref="IOException">Another owner has it.</exception>
    IDisposable Lock(string directory);
}
