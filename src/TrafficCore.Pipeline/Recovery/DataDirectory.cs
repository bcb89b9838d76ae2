using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

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

    /// <exception cref="DataDirectoryException">It cannot be made, or may not be written.</exception>
    /// <exception cref="IOException">Another process has it, or the disk fails.</exception>
    public static DataDirectory Open(string path, ILogFileSystem files, bool mayBeUnfinished = false)
    {
        var paths = new DataPaths(Path.GetFullPath(path));
        try
        {
            Create(paths.Root, files);
            if (!mayBeUnfinished && UnfinishedMark.Find(paths.Root, files) is { } unfinished)
            {
                throw new DataDirectoryException(unfinished);
            }

            return new DataDirectory(paths, files.Lock(paths.Root));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            throw new DataDirectoryException($"{paths.Root} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>It was written with window lengths that are not the configured ones.</summary>
    public static DataDirectoryException OfOtherLengths(ReadOnlySpan<long> ms) => new(
        $"it holds windows of {string.Join(", ", ms.ToArray().Select(static length => $"{length / 1000}s"))}; Windows:Length cannot change in a data directory");

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

    /// <summary>What could not be read is kept here, for whoever wants to know what it was.</summary>
    public string Damaged => Path.Combine(Root, "damaged");

    /// <summary>Keeps the bytes of a damaged stretch under its positions; where, or null when there are none or the disk refuses.</summary>
    public string? KeepDamage(DamagedRange damage, ILogFileSystem files)
    {
        var path = Path.Combine(Damaged, FormattableString.Invariant($"input-{damage.Gap.From:x16}-{damage.Gap.To:x16}.bytes"));
        try
        {
            DurableDirectory.Ensure(files, Damaged);
            if (damage.Bytes.IsEmpty || files.ListFiles(Damaged).Contains(Path.GetFileName(path)))
            {
                return damage.Bytes.IsEmpty ? null : path;
            }

            using var file = files.Create(path, 0);
            file.Write(damage.Bytes.Span, 0);
            file.Sync();
            files.SyncDirectory(Damaged);
            return path;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The bytes are still in their segment, for as long as that is retained.
            return null;
        }
    }
}
