using TrafficCore.Log;

namespace TrafficCore.Host.Backup;

/// <summary>Puts the data of a backup that was checked into new directories.</summary>
/// <remarks>Ownership: one run.</remarks>
internal static class DataRestore
{
    /// <summary>Copies, comparing again with the manifest; null, or what became wrong in between.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="data">The data directory.</param>
    /// <param name="store">The embedded store's directory, when that lies elsewhere.</param>
    /// <param name="stop">Asks for the end.</param>
    /// <exception cref="IOException">A disk refuses.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static string? Run(string backup, BackupManifest manifest, UnfinishedDirectory data, UnfinishedDirectory? store, CancellationToken stop)
    {
        var intoData = new BackupWriter(data.FullName, stop);
        var intoStore = store is null ? null : new BackupWriter(store.FullName, stop);
        foreach (var file in manifest.Files.Where(static f => IsBelow(f.Path, DataBackup.Data)))
        {
            var isElsewhere = intoStore is not null && IsBelow(file.Path, DataBackup.Store);
            var (writer, relative) = isElsewhere ? (intoStore!, file.Path[(DataBackup.Store.Length + 1)..]) : (intoData, file.Path[(DataBackup.Data.Length + 1)..]);
            var source = Path.Combine(backup, file.Path);
            var directory = Path.GetDirectoryName(relative) ?? "";
            writer.MakeDirectory(directory, like: directory.Length > 0 ? Path.GetDirectoryName(source) : null);
            using var content = ImageFile.Open(source, PhysicalFileSystem.Instance);
            var written = writer.Copy(content, directory, like: source);
            if (written.Sha256 != file.Sha256)
            {
                return $"{file.Path}: its content changed while it was read";
            }
        }

        return null;
    }

    private static bool IsBelow(string path, string directory) => path.StartsWith(directory + "/", StringComparison.Ordinal);
}
