using Microsoft.Extensions.Logging;
using TrafficCore.Storage.Delivery;

namespace TrafficCore.Storage.Sqlite;

/// <summary>The catalog and the day files, opened for writing: one transaction per batch and file, then the cursor.</summary>
/// <remarks>
/// Ownership: the sink's thread. After an exception from <see cref="Write"/> the store is thrown away and opened again; what was
/// committed of the batch is written once more and changes nothing, because an upsert needs a higher revision.
/// </remarks>
internal sealed class SqliteStore : IDisposable
{
    private readonly string _directory;
    private readonly SqliteOptions _options;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly StoreFiles _files;
    private readonly Catalog _catalog;
    private readonly LinkedList<DayFile> _open = [];

    private SqliteStore(string directory, SqliteOptions options, TimeProvider time, StorageMetrics metrics, StoreFiles files, Catalog catalog)
    {
        _directory = directory;
        _options = options;
        _time = time;
        _metrics = metrics;
        _files = files;
        _catalog = catalog;
    }

    /// <summary>Everything below was committed to its files.</summary>
    public long Cursor => _catalog.Cursor ?? 0;

    /// <summary>
    /// Opens the store, and compares catalog and directory: what is lost or damaged is taken out, and the cursor goes back to where it
    /// began; what the catalog does not know is taken in.
    /// </summary>
    public static SqliteStore Open(
        string directory, SqliteOptions options, TimeProvider time, StorageMetrics metrics, ILogger logger, long logStart, long logEnd)
    {
        Directory.CreateDirectory(directory);
        StoreFiles files = new(directory, time, metrics, logger);
        Catalog catalog = files.OpenCatalog();
        try
        {
            long cursor = catalog.Cursor ?? logStart;
            if (cursor > logEnd)
            {
                logger.CursorBeyondEnd(SqliteSink.SinkName, cursor, logStart);
                cursor = logStart;
            }

            cursor = Math.Min(cursor, files.Reconcile(catalog, logStart));
            if (cursor != catalog.Cursor)
            {
                catalog.SaveProgress(cursor, []);
            }

            return new SqliteStore(directory, options, time, metrics, files, catalog);
        }
        catch
        {
            catalog.Dispose();
            throw;
        }
    }

    /// <summary>Commits a batch to its files and then moves the cursor; returns how many rows changed something.</summary>
    public int Write(OutputBatch batch)
    {
        Enter(batch);
        int applied = 0;
        List<(DayFileName, long)> written = [];
        foreach (OutputBatch.FilePart part in batch.Parts)
        {
            if (!_catalog.Files.ContainsKey(part.Name))
            {
                continue; // older than it would be kept: output that is read again after a loss
            }

            applied += WritePart(part);
            written.Add((part.Name, part.LastMs));
        }

        _catalog.SaveProgress(batch.Next, written);
        return applied;
    }

    /// <summary>Deletes files whose last write is too long ago.</summary>
    public void DeleteExpired()
    {
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach ((DayFileName name, Catalog.Entry entry) in _catalog.Files.ToArray())
        {
            if (IsExpired(name, entry.LastMs, now))
            {
                Close(name);
                _catalog.Remove(name);
                _files.DeleteExpired(name);
            }
        }
    }

    /// <summary>Checks a file that a reader stumbled over; true when it had to go and the store must be opened again.</summary>
    public bool CheckSuspect(string path)
    {
        if (!DayFileName.TryParse(Path.GetFileName(path), out DayFileName name) || !_catalog.Files.ContainsKey(name))
        {
            return false;
        }

        Close(name);
        string? problem = StoreFiles.FindDamage(path);
        if (problem is null)
        {
            return false;
        }

        _files.SetAside(path, problem);
        return true;
    }

    public void Dispose()
    {
        foreach (DayFile file in _open)
        {
            file.Dispose();
        }

        _catalog.Dispose();
    }

    private void Enter(OutputBatch batch)
    {
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        List<(DayFileName, Catalog.Entry)> added =
        [
            .. batch.Parts
                .Where(part => !_catalog.Files.ContainsKey(part.Name) && !IsExpired(part.Name, part.LastMs, now))
                .Select(part => (part.Name, new Catalog.Entry(part.FirstPosition, 0)))
        ];
        if (added.Count > 0)
        {
            _catalog.Enter(added);
        }
    }

    private int WritePart(OutputBatch.FilePart part)
    {
        DayFile file = Use(part.Name);
        file.Begin();
        try
        {
            int applied = file.Write(part);
            file.Commit(part.LastMs);
            return applied;
        }
        catch
        {
            file.Rollback();
            throw;
        }
    }

    private DayFile Use(DayFileName name)
    {
        for (LinkedListNode<DayFile>? node = _open.First; node is not null; node = node.Next)
        {
            if (node.Value.Name == name)
            {
                _open.Remove(node);
                if (!node.Value.Exists)
                {
                    node.Value.Dispose();
                    throw new FileLostException(name);
                }

                _open.AddFirst(node);
                return node.Value;
            }
        }

        if (_open.Count >= _options.OpenFiles)
        {
            _open.Last!.Value.Dispose();
            _open.RemoveLast();
        }

        DayFile file = Open(name);
        _open.AddFirst(file);
        return file;
    }

    private DayFile Open(DayFileName name)
    {
        // Age 0 in the catalog: entered, but never committed to, so an empty file is no loss.
        string path = Path.Combine(_directory, name.ToString());
        bool expected = _catalog.Files[name].LastMs > 0;
        if (expected && !File.Exists(path))
        {
            throw new FileLostException(name);
        }

        return name switch
        {
            { Kind: DayFileKind.Quarantine } => QuarantineDayFile.Open(path, name, expected, _options.CheckBytes, _options.QuarantineDayBytes, _metrics.QuarantineDropped),
            { Kind: DayFileKind.Boards } => BoardDayFile.Open(path, name, expected, _options.CheckBytes),
            { Kind: DayFileKind.City } => CityDayFile.Open(path, name, expected, _options.CheckBytes),
            { Observed: { } kind } => ObservationDayFile.Open(path, name, kind, expected, _options.CheckBytes),
            _ => FlowDayFile.Open(path, name, expected, _options.CheckBytes),
        };
    }

    private void Close(DayFileName name)
    {
        if (_open.FirstOrDefault(file => file.Name == name) is { } open)
        {
            open.Dispose();
            _open.Remove(open);
        }
    }

    private bool IsExpired(DayFileName name, long lastMs, long nowMs)
    {
        TimeSpan keep = name.Kind switch
        {
            DayFileKind.Detector => _options.KeepDetectors,
            DayFileKind.Short => _options.KeepShortWindows,
            DayFileKind.Long => _options.KeepLongWindows,
            DayFileKind.Environment or DayFileKind.Parking => _options.KeepObservations,
            DayFileKind.Boards => _options.KeepBoards,
            DayFileKind.City => _options.KeepCity,
            _ => _options.KeepQuarantine,
        };
        return lastMs > 0 && nowMs - lastMs > keep.TotalMilliseconds;
    }
}

/// <summary>A file vanished while the store was open; opening the store again finds out and goes back.</summary>
internal sealed class FileLostException(DayFileName name) : IOException($"{name} is gone");
