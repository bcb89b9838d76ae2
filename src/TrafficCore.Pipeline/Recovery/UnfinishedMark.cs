using TrafficCore.Log;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>
/// A file in a directory that is being filled by a restore, a backup or a replay: until it is gone the directory is not what it will be, and nobody
/// takes it for that, also when whoever filled it was killed.
/// </summary>
public static class UnfinishedMark
{
    /// <summary>Name of the file.</summary>
    public const string Name = "unfinished";

    /// <summary>Why a directory may not be used; null when it is whole.</summary>
    public static string? Find(string directory, ILogFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return files.DirectoryExists(directory) && files.ListFiles(directory).Contains(Name)
            ? $"{directory} was being filled by a restore, backup or replay that did not end; run that again"
            : null;
    }
}
