using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>A data directory that no service runs on, opened to be read: its logs, its latest snapshot, its devices.</summary>
/// <remarks>Ownership: one user. It holds the directory's lock, so that no service starts on it meanwhile.</remarks>
internal sealed class OfflineData : IDisposable
{
    private readonly ILogFileSystem _files;
    private readonly DataPaths _paths;
    private readonly IDisposable? _lock;
    private readonly ControlSide _control = ControlSide.Create(static _ => { });

    private OfflineData(ILogFileSystem files, DataPaths paths, IDisposable? held)
    {
        _files = files;
        _paths = paths;
        _lock = held;
        Snapshot = LoadedSnapshot.Load(new SnapshotStore(paths.Snapshots, files, readOnly: true));
        if (Snapshot.Find(SnapshotTags.Control) is { } content)
        {
            _control.State.Restore(content);
        }
    }

    /// <summary>The data directory.</summary>
    public string Root => _paths.Root;

    public LoadedSnapshot Snapshot { get; }

    /// <summary>The devices of the snapshot, and of what <see cref="Control"/> is given.</summary>
    public DeviceRegistry Devices => _control.Devices;

    /// <summary>Follows the log, so that <see cref="Devices"/> knows every number.</summary>
    public ControlState Control => _control.State;

    /// <exception cref="DirectoryNotFoundException">There is no data directory.</exception>
    /// <exception cref="IOException">A service runs on it, or it is not whole.</exception>
    public static OfflineData Open(string dataDirectory, ILogFileSystem files)
    {
        var paths = new DataPaths(Path.GetFullPath(dataDirectory));
        if (!files.DirectoryExists(paths.Input))
        {
            throw new DirectoryNotFoundException($"{paths.Root} is not a data directory.");
        }

        return UnfinishedMark.Find(paths.Root, files) is { } unfinished
            ? throw new DataDirectoryException(unfinished)
            : new OfflineData(files, paths, Lock(paths, files));
    }

    public LogReader OpenInput(long from) => Open(_paths.Input, from);

    public LogReader OpenOutput(long from) => Open(_paths.Output, from);

    public LogReader OpenState(long from) => Open(_paths.State, from);

    public void Dispose() => _lock?.Dispose();

    private static IDisposable? Lock(DataPaths paths, ILogFileSystem files)
    {
        try
        {
            return files.Lock(paths.Root);
        }
        catch (UnauthorizedAccessException)
        {
            // Who may only read cannot lock, and needs no more than what is there.
            return null;
        }
    }

    private LogReader Open(string directory, long from)
    {
        var reader = LogReader.OpenDirectory(directory, _files, from);
        reader.Seek(Math.Max(from, reader.Start));
        return reader;
    }
}
