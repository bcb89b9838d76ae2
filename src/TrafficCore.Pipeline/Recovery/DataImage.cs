using TrafficCore.Log;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>
/// What a pipeline keeps in its data directory, as of one moment, whether a service runs on it or not: snapshots, and the logs of state pages, of outputs and of
/// input. Outputs and pages end no later than the input that caused them, so a pipeline that is opened on a copy makes again what is missing.
/// </summary>
/// <remarks>Ownership: one user.</remarks>
public sealed class DataImage : IDisposable
{
    private readonly DataPaths _paths;
    private readonly StateImage _image;

    private DataImage(DataPaths paths, StateImage image) => (_paths, _image) = (paths, image);

    /// <summary>The log of outputs.</summary>
    public LogImage Output => _image.Logs[1];

    /// <summary>The log of input: everything that was durable when <see cref="Pin"/> was called.</summary>
    public LogImage Input => _image.Logs[2];

    /// <summary>Directories of it, relative to the data directory, with their files.</summary>
    public IReadOnlyList<(string Directory, IReadOnlyList<ImageFile> Files)> Parts =>
    [
        (Path.GetFileName(_paths.Snapshots), _image.Snapshots),
        (Path.GetFileName(_paths.State), _image.Logs[0].Files),
        (Path.GetFileName(_paths.Output), Output.Files),
        (Path.GetFileName(_paths.Input), Input.Files),
    ];

    /// <summary>Opens everything.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="files">The disk.</param>
    /// <exception cref="DirectoryNotFoundException">It is no data directory.</exception>
    /// <exception cref="DataDirectoryException">It is not whole: a restore into it did not end.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote it.</exception>
    public static DataImage Pin(string dataDirectory, ILogFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var paths = new DataPaths(Path.GetFullPath(dataDirectory));
        if (!new[] { paths.Input, paths.Output, paths.State }.All(files.DirectoryExists))
        {
            throw new DirectoryNotFoundException($"{paths.Root} is not a data directory.");
        }

        return UnfinishedMark.Find(paths.Root, files) is { } unfinished
            ? throw new DataDirectoryException(unfinished)
            : new DataImage(paths, StateImage.Pin(paths.Snapshots, [paths.State, paths.Output, paths.Input], files));
    }

    /// <inheritdoc/>
    public void Dispose() => _image.Dispose();

    /// <summary>The newest snapshot.</summary>
    internal LoadedSnapshot ReadSnapshot() => LoadedSnapshot.Of(_image.ReadSnapshot());
}
