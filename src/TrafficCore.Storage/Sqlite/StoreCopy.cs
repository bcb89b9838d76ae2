namespace TrafficCore.Storage.Sqlite;

/// <summary>Copies the embedded store, also while a service writes it, so that a store that is opened on the copy goes on from its cursor and misses nothing.</summary>
public static class StoreCopy
{
    /// <summary>Copies the catalog, then every other database: what the copy's cursor says was committed is in its files.</summary>
    /// <param name="directory">Directory of the database files; may be missing.</param>
    /// <param name="target">Where to; exists, and is empty.</param>
    /// <param name="onDamaged">Told of each file that can't be read, with the reason. It is left out: a service makes it again from its output.</param>
    /// <param name="stop">Asks for the end, between two files.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="SqliteStoreException">A disk refuses.</exception>
    public static void Run(string directory, string target, Action<string, string> onDamaged, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(onDamaged);
        if (!Directory.Exists(directory))
        {
            return;
        }

        Copy(Path.Combine(directory, StoreFiles.CatalogName), target, onDamaged);
        foreach (string path in Directory.EnumerateFiles(directory, "*.db").Order(StringComparer.Ordinal).ToArray())
        {
            stop.ThrowIfCancellationRequested();
            if (Path.GetFileName(path) != StoreFiles.CatalogName)
            {
                Copy(path, target, onDamaged);
            }
        }
    }

    private static void Copy(string path, string target, Action<string, string> onDamaged)
    {
        string copy = Path.Combine(target, Path.GetFileName(path));
        try
        {
            if (!File.Exists(path))
            {
                return; // it expired meanwhile
            }

            using SqliteDatabase source = SqliteDatabase.Open(path, create: false);
            using SqliteDatabase made = SqliteDatabase.Open(copy, create: true);
            source.CopyTo(made);
        }
        catch (SqliteStoreException e) when (e.IsDamage)
        {
            File.Delete(copy);
            onDamaged(path, e.Message);
        }
        catch (SqliteStoreException) when (!File.Exists(path))
        {
            File.Delete(copy);
        }
    }
}
