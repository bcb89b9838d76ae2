using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;
using TrafficCore.Log;
using TrafficCore.Pipeline.Recovery;
using TrafficCore.Storage.Sqlite;

namespace TrafficCore.Host.Backup;

/// <summary>
/// Copies everything that a service keeps, whether it runs or not. Whoever reads a log is copied before the log: its cursor is then never ahead of what the backup
/// has, and what it has not read yet it reads after the restore. Last come the outputs, and behind them the input that they follow from.
/// </summary>
/// <remarks>Ownership: one run. Nothing in the data directory is changed, but for what SQLite makes beside its files for each of its readers.</remarks>
/// <param name="settings">The service's.</param>
/// <param name="target">Where to.</param>
/// <param name="time">When it is taken.</param>
/// <param name="progress">Lines for who waits.</param>
/// <param name="stop">Asks for the end.</param>
internal sealed class DataBackup(ServiceSettings settings, UnfinishedDirectory target, TimeProvider time, TextWriter progress, CancellationToken stop)
{
    /// <summary>Directory of the data in a backup.</summary>
    public const string Data = "data";

    /// <summary>Directory of the embedded store, in a backup and, where nothing else is configured, in a data directory.</summary>
    public const string Store = Data + "/sqlite";

    private const string ConfigurationDirectory = "configuration";
    private const int Attempts = 20;

    // What is copied in a way of its own, or is the disk's. The rest is small: positions, documents, keys, the audit trail.
    private static readonly string[] Own = ["input", "output", "state", "snapshots", "sessions", "sqlite", UnfinishedDirectory.LostAndFound];

    private readonly string root = Path.GetFullPath(settings.Data.Directory);
    private readonly string store = Path.TrimEndingDirectorySeparator(ServiceRooms.StoreDirectory(settings));
    private readonly BackupWriter writer = new(target.FullName, stop);

    /// <summary>Copies, and writes the manifest.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no data directory.</exception>
    /// <exception cref="IOException">A disk refuses.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote the data.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public BackupManifest Run()
    {
        var taken = time.GetUtcNow();
        if (!Directory.Exists(Path.Combine(root, "input")))
        {
            throw new DirectoryNotFoundException($"{root} is not a data directory.");
        }

        writer.MakeDirectory(Data);
        CopyFiles(root, Data);
        foreach (var directory in Directory.EnumerateDirectories(root).Where(static path => !Own.Contains(Path.GetFileName(path))))
        {
            CopyTree(directory, $"{Data}/{Path.GetFileName(directory)}");
        }

        CopyStore();
        CopySessions();
        using var image = DataImage.Pin(root, PhysicalFileSystem.Instance);
        foreach (var (directory, files) in image.Parts)
        {
            CopyAll(files, $"{Data}/{directory}");
        }

        var configuration = CopyConfiguration();
        var manifest = new BackupManifest(
            BackupManifest.CurrentFormat,
            TrafficCoreService.Version,
            taken,
            image.Input.End,
            image.Input.LastReceivedMs is { } last ? DateTimeOffset.FromUnixTimeMilliseconds(last) : null,
            configuration,
            writer.Written);
        manifest.Write(target.FullName);
        return manifest;
    }

    private void CopyTree(string directory, string relative)
    {
        if (directory == store)
        {
            // Databases that are written are not copied byte by byte.
            return;
        }

        writer.MakeDirectory(relative, like: directory);
        foreach (var below in Directory.EnumerateDirectories(directory))
        {
            CopyTree(below, $"{relative}/{Path.GetFileName(below)}");
        }

        CopyFiles(directory, relative);
    }

    private void CopyFiles(string directory, string relative)
    {
        HashSet<string> done = [];
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryCopyFiles(directory, relative, done))
            {
                return;
            }
        }

        throw new IOException($"{directory} changed while it was copied, {Attempts} times in a row.");
    }

    // False when a file was replaced by a newer one in between, which is then copied the next time.
    private bool TryCopyFiles(string directory, string relative, HashSet<string> done)
    {
        var stayed = true;
        foreach (var name in PhysicalFileSystem.Instance.ListFiles(directory).Where(name => !name.EndsWith(".tmp", StringComparison.Ordinal) && !done.Contains(name)))
        {
            try
            {
                using var file = ImageFile.Open(Path.Combine(directory, name), PhysicalFileSystem.Instance);
                writer.Copy(file, relative, like: Path.Combine(directory, name));
                done.Add(name);
            }
            catch (FileNotFoundException)
            {
                stayed = false;
            }
        }

        return stayed;
    }

    private void CopyStore()
    {
        var copy = writer.MakeDirectory(Store);
        StoreCopy.Run(store, copy, (path, reason) => progress.WriteLine($"warning: {path} is damaged and left out: {reason}"), stop);
        foreach (var name in PhysicalFileSystem.Instance.ListFiles(copy))
        {
            writer.Adopt(Store, name);
        }
    }

    private void CopySessions()
    {
        var (log, snapshots) = (Path.Combine(root, "sessions", "log"), Path.Combine(root, "sessions", "snapshots"));
        if (Directory.Exists(log))
        {
            using var image = StateImage.Pin(snapshots, [log], PhysicalFileSystem.Instance);
            CopyAll(image.Snapshots, $"{Data}/sessions/snapshots");
            CopyAll(image.Logs[0].Files, $"{Data}/sessions/log");
        }
    }

    private void CopyAll(IReadOnlyList<ImageFile> files, string relative)
    {
        writer.MakeDirectory(relative);
        progress.WriteLine(FormattableString.Invariant($"{relative}: {files.Count} files, {files.Sum(static f => f.Length) >> 20} MiB"));
        foreach (var file in files)
        {
            writer.Copy(file, relative);
        }
    }

    private List<BackupConfiguration> CopyConfiguration()
    {
        writer.MakeDirectory(ConfigurationDirectory);
        List<BackupConfiguration> copied = [];
        foreach (var (key, path) in ConfigurationFiles().Where(static f => f.Path.Length > 0 && File.Exists(f.Path)))
        {
            // Two of them may have one name.
            var directory = FormattableString.Invariant($"{ConfigurationDirectory}/{copied.Count}");
            writer.MakeDirectory(directory);
            using var file = ImageFile.Open(path, PhysicalFileSystem.Instance);
            copied.Add(new BackupConfiguration(key, Path.GetFullPath(path), writer.Copy(file, directory, like: path).Path));
        }

        return copied;
    }

    // Certificates, their keys and tokens of other programs are secrets that have places of their own; they are not taken along.
    private IEnumerable<(string Key, string Path)> ConfigurationFiles() =>
    [
        .. ConfigurationSources.Files().Select(static path => (Path.GetFileName(path), path)),
        ("Network:File", settings.Network.File),
        ("Boards:RulesFile", settings.Boards.RulesFile),
        ("Security:AccountsFile", settings.Security.AccountsFile),
        ("Security:DenyFile", settings.Security.DenyFile),
    ];
}
