using System.Globalization;
using Microsoft.Extensions.Logging;
using TrafficCore.Storage.Delivery;

namespace TrafficCore.Storage.Sqlite;

/// <summary>The store's directory: which files should be there, which are, and what becomes of the bad ones.</summary>
/// <remarks>Ownership: the sink's thread.</remarks>
internal sealed class StoreFiles(string directory, TimeProvider time, StorageMetrics metrics, ILogger logger)
{
    public const string CatalogName = "catalog.db";
    private const string AsideName = "set-aside";

    // Enough to look into what happened; damage that comes back must not fill the disk.
    private const int AsideKept = 12;

    /// <summary>Opens the catalog; a damaged one is set aside, and the store is read from the log and from its files.</summary>
    public Catalog OpenCatalog()
    {
        string path = Path.Combine(directory, CatalogName);
        try
        {
            return Catalog.Open(path);
        }
        catch (SqliteStoreException e) when (e.IsDamage)
        {
            SetAside(path, e.Message);
            return Catalog.Open(path);
        }
    }

    /// <summary>Makes catalog and directory agree; returns where reading has to begin for what was lost.</summary>
    public long Reconcile(Catalog catalog, long logStart)
    {
        long from = long.MaxValue;
        foreach ((DayFileName name, Catalog.Entry entry) in catalog.Files.ToArray())
        {
            string path = Path.Combine(directory, name.ToString());
            string? problem = File.Exists(path) ? LookAt(path, name, entry) : null;
            if (problem is not null)
            {
                SetAside(path, problem);
            }
            else if (File.Exists(path) || entry.LastMs == 0)
            {
                continue;
            }

            long position = Math.Max(entry.FirstPosition, logStart);
            logger.FileLost(SqliteSink.SinkName, name.ToString(), position);
            metrics.SetAside(SqliteSink.SinkName);
            catalog.Remove(name);
            from = Math.Min(from, position);
        }

        return Math.Min(from, AdoptOrphans(catalog, logStart));
    }

    public void DeleteExpired(DayFileName name)
    {
        DeleteWithJournal(Path.Combine(directory, name.ToString()));
        metrics.Expired(SqliteSink.SinkName);
        logger.FileExpired(SqliteSink.SinkName, name.ToString());
    }

    /// <summary>Moves a bad file out of the way, with its journal.</summary>
    public void SetAside(string path, string problem)
    {
        string aside = Path.Combine(directory, AsideName);
        Directory.CreateDirectory(aside);
        string stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
        foreach (string suffix in (string[])["", "-wal"])
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, Path.Combine(aside, $"{stamp}-{Path.GetFileName(path)}{suffix}"), overwrite: true);
            }
        }

        File.Delete(path + "-shm");
        logger.FileDamaged(SqliteSink.SinkName, Path.GetFileName(path), problem);
        foreach (string old in Directory.EnumerateFiles(aside).OrderDescending(StringComparer.Ordinal).Skip(AsideKept))
        {
            File.Delete(old);
        }
    }

    /// <summary>Reads a whole file for damage; null when there is none.</summary>
    public static string? FindDamage(string path)
    {
        try
        {
            using SqliteDatabase database = SqliteDatabase.Open(path, create: false);
            string? answer = database.ScalarText("PRAGMA quick_check(1)");
            return answer == "ok" ? null : answer ?? "no answer";
        }
        catch (SqliteStoreException e) when (e.IsDamage)
        {
            return e.Message;
        }
    }

    private long AdoptOrphans(Catalog catalog, long logStart)
    {
        long from = long.MaxValue;
        foreach (string path in Directory.EnumerateFiles(directory, "*.db"))
        {
            if (!DayFileName.TryParse(Path.GetFileName(path), out DayFileName name) || catalog.Files.ContainsKey(name))
            {
                continue;
            }

            if (ReadAge(path, name, out long lastMs) is { } problem)
            {
                SetAside(path, problem);
                from = logStart;
                continue;
            }

            catalog.Enter([(name, new Catalog.Entry(logStart, lastMs))]);
            logger.FileAdopted(SqliteSink.SinkName, name.ToString());
        }

        return from;
    }

    /// <summary>
    /// The cheap look that every file gets at start; pages are checked when a file is opened for writing or when one cannot be read. SQLite drops what stands
    /// behind damage in a write-ahead log without a word; but the catalog is written after the files, so it knows of later commits than such a file.
    /// </summary>
    private static string? LookAt(string path, DayFileName name, Catalog.Entry entry) =>
        entry.LastMs == 0 && new FileInfo(path).Length == 0 ? null
        : ReadAge(path, name, out long lastMs) is { } problem ? problem
        : lastMs < entry.LastMs ? "its last commits are missing"
        : null;

    private static string? ReadAge(string path, DayFileName name, out long lastMs)
    {
        lastMs = 0;
        int applicationId = name switch
        {
            { Kind: DayFileKind.Quarantine } => QuarantineDayFile.ApplicationId,
            { Kind: DayFileKind.Boards } => BoardDayFile.ApplicationId,
            { Kind: DayFileKind.City } => CityTable.ApplicationId,
            { Observed: not null } => ObservationTable.ApplicationId,
            _ => FlowTable.ApplicationId,
        };
        try
        {
            using SqliteDatabase database = SqliteDatabase.Open(path, create: false);
            if (database.Scalar("PRAGMA application_id") != applicationId)
            {
                return "not a file of this store";
            }

            lastMs = database.Scalar("SELECT last_ms FROM written");
            return null;
        }
        catch (SqliteStoreException e) when (e.IsDamage)
        {
            return e.Message;
        }
    }

    private static void DeleteWithJournal(string path)
    {
        File.Delete(path);
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
    }
}
