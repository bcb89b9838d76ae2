using TrafficCore.Log;
using TrafficCore.Pipeline.Recovery;

namespace TrafficCore.Host.Backup;

/// <summary>
/// A new directory that is being filled, under a mark that goes when it is whole. Whoever is killed meanwhile leaves the mark, and may begin again in the same place.
/// </summary>
/// <remarks>Ownership: one process, which has the mark open to itself.</remarks>
internal sealed class UnfinishedDirectory : IDisposable
{
    /// <summary>What the root of a disk holds, for its owner alone.</summary>
    public const string LostAndFound = "lost+found";

    // Who fills a directory may find these in an empty one: a lock that a stopped service left, and what makes a disk.
    private static readonly string[] Harmless = ["lock", LostAndFound];

    // What is cleared away must be ours: a file of that name alone could be anybody's.
    private static readonly byte[] Signature = "trafficcore: this directory is being filled, and is not whole while this file is here\n"u8.ToArray();

    private readonly FileStream mark;

    private UnfinishedDirectory(string path, FileStream mark) => (FullName, this.mark) = (path, mark);

    /// <summary>Absolute path.</summary>
    public string FullName { get; }

    /// <summary>Takes a directory that is missing, empty, or was left unfinished; null, and why, when it holds something else.</summary>
    /// <exception cref="IOException">It can't be made, or another process fills it at this moment.</exception>
    public static UnfinishedDirectory? TryBegin(string path, out string refusal)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        refusal = "";
        if (File.Exists(full))
        {
            refusal = $"{full} is a file";
            return null;
        }

        var marked = Path.Combine(full, UnfinishedMark.Name);
        if (!IsOurs(marked) && Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).FirstOrDefault(IsSomething) is { } something)
        {
            refusal = $"{full} is not empty: it holds {Path.GetFileName(something)}";
            return null;
        }

        Create(full);
        var mark = new FileStream(marked, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            mark.Write(Signature);
            mark.Flush(flushToDisk: true);
            Clear(full);
            PhysicalFileSystem.Instance.SyncDirectory(full);
            return new UnfinishedDirectory(full, mark);
        }
        catch
        {
            mark.Dispose();
            throw;
        }
    }

    /// <summary>It is whole: everything in it is durable.</summary>
    public void Complete()
    {
        foreach (var directory in Directory.EnumerateDirectories(FullName).Where(IsSomething).SelectMany(Tree).Append(FullName))
        {
            PhysicalFileSystem.Instance.SyncDirectory(directory);
        }

        File.Delete(Path.Combine(FullName, UnfinishedMark.Name));
        PhysicalFileSystem.Instance.SyncDirectory(FullName);
    }

    public void Dispose() => mark.Dispose();

    // Before it says so nothing was written beside it: then it is empty, and the directory too.
    private static bool IsOurs(string mark)
    {
        if (!File.Exists(mark))
        {
            return false;
        }

        var content = File.ReadAllBytes(mark);
        return content.AsSpan().SequenceEqual(Signature)
            || (Signature.AsSpan().StartsWith(content) && Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(mark)!).Where(IsSomething).Count() == 1);
    }

    private static IEnumerable<string> Tree(string path) => Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories).Append(path);

    private static void Create(string path)
    {
        DurableDirectory.Ensure(PhysicalFileSystem.Instance, Path.GetDirectoryName(path) ?? path);
        if (!OperatingSystem.IsWindows() && !Directory.Exists(path))
        {
            // Hashes of passwords and keys of cookies are among what is copied.
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        DurableDirectory.Ensure(PhysicalFileSystem.Instance, path);
    }

    private static void Clear(string path)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(path).Where(static e => IsSomething(e) && Path.GetFileName(e) != UnfinishedMark.Name).ToArray())
        {
            if (Directory.Exists(entry))
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }
    }

    private static bool IsSomething(string entry) => !Harmless.Contains(Path.GetFileName(entry));
}
