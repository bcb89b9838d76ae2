using TrafficCore.Log;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>The data directory of a service: its parts, and the lock that keeps a second process out.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly IDisposable _lock;

    private DataDirectory(DataPaths paths, IDisposable held)
    {
        Paths = paths;
        _lock = held;
    }

    public DataPaths Paths { get; }

    /// <exception cref="IOException">Another process has it, or it cannot be made.</exception>
    public static DataDirectory Open(string path, ILogFileSystem files)
    {
        var paths = new DataPaths(Path.GetFullPath(path));
        Create(paths.Root, files);
        return new DataDirectory(paths, files.Lock(paths.Root));
    }

    public void Dispose() => _lock.Dispose();

    // Each new name is durable before something is put below it; the logs do the same for their own directories.
    private static void Create(string path, ILogFileSystem files)
    {
        if (files.DirectoryExists(path) || Path.GetDirectoryName(path) is not { } parent)
        {
            return;
        }

        Create(parent, files);
        files.CreateDirectory(path);
        files.SyncDirectory(parent);
    }
}

/// <summary>Where the parts of a data directory are.</summary>
internal sealed record DataPaths(string Root)
{
    public string Input => Path.Combine(Root, "input");

    public string State => Path.Combine(Root, "state");

    public string Output => Path.Combine(Root, "output");

    public string Snapshots => Path.Combine(Root, "snapshots");
}
