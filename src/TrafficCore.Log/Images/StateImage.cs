namespace TrafficCore.Log;

/// <summary>
/// Snapshots and the logs that belong to them, as of one moment: whatever a snapshot refers to is in its log, and each log ends at or behind the ones
/// that follow from it.
/// </summary>
/// <remarks>Ownership: one user.</remarks>
public sealed class StateImage : IDisposable
{
    // Snapshots are minutes apart, or seconds where a service is at its bounds; opening everything takes less than a second.
    private const int Attempts = 20;

    private readonly List<ImageFile> _snapshots = [];
    private readonly List<LogImage> _logs = [];

    private StateImage()
    {
    }

    /// <summary>The snapshots' files, oldest first.</summary>
    public IReadOnlyList<ImageFile> Snapshots => _snapshots;

    /// <summary>The logs, in the order in which they were asked for.</summary>
    public IReadOnlyList<LogImage> Logs => _logs;

    /// <summary>Opens snapshots and logs.</summary>
    /// <param name="snapshots">Directory of the snapshots; may be missing.</param>
    /// <param name="logs">
    /// Directories of the logs, the one that all others follow from last: what is made from it may then be missing at the end of an image, and is made
    /// again, but never refers to what the image does not have.
    /// </param>
    /// <param name="files">File system.</param>
    /// <exception cref="DirectoryNotFoundException">A log is missing.</exception>
    /// <exception cref="IOException">The disk can't be read, or there is no quiet moment.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote a log.</exception>
    public static StateImage Pin(string snapshots, IReadOnlyList<string> logs, ILogFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(logs);
        ArgumentNullException.ThrowIfNull(files);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryPin(snapshots, logs, files) is { } image)
            {
                return image;
            }
        }

        throw new IOException($"{snapshots} changed while it was opened, {Attempts} times in a row.");
    }

    /// <summary>Content of the newest snapshot that is whole; null when there is none.</summary>
    /// <exception cref="InvalidDataException">A newer program wrote it.</exception>
    public byte[]? ReadSnapshot()
    {
        for (var i = _snapshots.Count - 1; i >= 0; i--)
        {
            if (SealedFile.TryRead(_snapshots[i].Share(), out _, out var content))
            {
                return content;
            }
        }

        return null;
    }

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        _snapshots.ForEach(static file => file.Dispose());
        _logs.ForEach(static log => log.Dispose());
    }

    private static StateImage? TryPin(string snapshots, IReadOnlyList<string> logs, ILogFileSystem files)
    {
        var image = new StateImage();
        try
        {
            // Logs keep what the kept snapshots refer to: while these are still there, nothing of theirs was deleted.
            var names = List(snapshots, files);
            foreach (var name in names)
            {
                image._snapshots.Add(ImageFile.Open(Path.Combine(snapshots, name), files));
            }

            foreach (var log in logs)
            {
                image._logs.Add(LogImage.Pin(log, files));
            }

            if (names.SequenceEqual(List(snapshots, files)))
            {
                return image;
            }
        }
        catch (FileNotFoundException)
        {
            // A snapshot was replaced in between.
        }
        catch
        {
            image.Dispose();
            throw;
        }

        image.Dispose();
        return null;
    }

    private static string[] List(string snapshots, ILogFileSystem files) => files.DirectoryExists(snapshots)
        ? [.. files.ListFiles(snapshots).Where(static name => !name.EndsWith(SealedFile.TemporaryExtension, StringComparison.Ordinal))]
        : [];
}
