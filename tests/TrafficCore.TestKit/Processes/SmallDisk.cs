using System.Globalization;

namespace TrafficCore.TestKit.Processes;

/// <summary>A file system in memory of a few MiB, mounted on a directory of its own: one that really fills up.</summary>
public sealed class SmallDisk : IDisposable
{
    private const string FillerName = "filler";
    private readonly TemporaryDirectory _directory = new();

    private SmallDisk()
    {
    }

    /// <summary>Where it is mounted.</summary>
    public string FullName => _directory.FullName;

    /// <summary>Mounts one; null where this process may not.</summary>
    public static SmallDisk? TryMount(int mebibytes)
    {
        var disk = new SmallDisk();
        if (SystemTool.TryRun("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={mebibytes}m"), "none", disk.FullName))
        {
            return disk;
        }

        disk._directory.Dispose();
        return null;
    }

    /// <summary>Takes all room that is left.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Path.Combine(FullName, FillerName), FileMode.Append);
        var chunk = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(chunk);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            // Full: that was the purpose. What the stream still holds does not fit either.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Path.Combine(FullName, FillerName));

    /// <inheritdoc/>
    public void Dispose()
    {
        // Lazily: a process that was killed a moment ago may still hold a file.
        SystemTool.TryRun("umount", "-l", FullName);
        _directory.Dispose();
    }
}
