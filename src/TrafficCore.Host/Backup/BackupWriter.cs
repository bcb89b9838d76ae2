using System.Security.Cryptography;
using TrafficCore.Log;

namespace TrafficCore.Host.Backup;

/// <summary>Writes files into a directory, durable but for their names, and keeps what a manifest says of them.</summary>
/// <remarks>Ownership: one thread.</remarks>
/// <param name="root">The directory.</param>
/// <param name="stop">Asks for the end: then nothing more is written.</param>
internal sealed class BackupWriter(string root, CancellationToken stop)
{
    private readonly List<BackupFile> written = [];

    public IReadOnlyList<BackupFile> Written => written;

    /// <summary>Makes a directory below the root, with the access rights of another one.</summary>
    public string MakeDirectory(string relative, string? like = null)
    {
        var path = Path.Combine(root, relative);
        var mode = ModeOf(like);
        Directory.CreateDirectory(path);
        SetMode(path, mode);
        return path;
    }

    /// <summary>Copies a file that is open into a directory below the root, which exists.</summary>
    /// <param name="file">The file.</param>
    /// <param name="directory">Directory, relative to the root.</param>
    /// <param name="like">Path of a file whose access rights the copy gets; null for the default.</param>
    /// <returns>What was written.</returns>
    public BackupFile Copy(ImageFile file, string directory, string? like = null)
    {
        // First, while the name is there: a file that is replaced meanwhile must leave nothing behind.
        var mode = ModeOf(like);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        file.CopyTo(Path.Combine(root, directory), PhysicalFileSystem.Instance, bytes =>
        {
            stop.ThrowIfCancellationRequested();
            hash.AppendData(bytes);
        });
        SetMode(Path.Combine(root, directory, file.Name), mode);
        return Add(directory, file.Name, file.Length, hash);
    }

    /// <summary>Takes in a file that another wrote there; makes it durable.</summary>
    public void Adopt(string directory, string name)
    {
        const int ChunkBytes = 1024 * 1024;
        using var file = PhysicalFileSystem.Instance.Open(Path.Combine(root, directory, name), writable: true);
        file.Sync();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[ChunkBytes];
        var length = 0L;
        while (file.Read(chunk, length) is var read and > 0)
        {
            stop.ThrowIfCancellationRequested();
            hash.AppendData(chunk, 0, read);
            length += read;
        }

        Add(directory, name, length, hash);
    }

    private BackupFile Add(string directory, string name, long length, IncrementalHash hash)
    {
        var file = new BackupFile(Path.Combine(directory, name).Replace('\\', '/'), length, Convert.ToHexStringLower(hash.GetHashAndReset()));
        written.Add(file);
        return file;
    }

    private static UnixFileMode? ModeOf(string? path) => path is null || OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(path);

    private static void SetMode(string path, UnixFileMode? mode)
    {
        if (mode is { } known && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, known);
        }
    }
}
