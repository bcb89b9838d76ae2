namespace TrafficCore.Storage.Sqlite;

/// <summary>What the store should consist of: the cursor over the output, and every file with where its rebuilding would begin.</summary>
/// <remarks>
/// Ownership: the sink's thread. A file is entered before it is made and leaves before it is deleted, so a file that is
/// missing from the directory was lost, and one that is missing here was orphaned by a crash or a lost catalog.
/// </remarks>
internal sealed class Catalog : IDisposable
{
    private const int ApplicationId = 0x54434341; // "TCCA"

    private const string Create = """
        CREATE TABLE cursor(position INTEGER NOT NULL);
        CREATE TABLE file(name TEXT PRIMARY KEY, first_position INTEGER NOT NULL, last_ms INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _saveCursor;
    private readonly SqliteStatement _saveFile;
    private readonly SqliteStatement _removeFile;
    private readonly Dictionary<DayFileName, Entry> _files = [];

    private Catalog(SqliteDatabase database)
    {
        _database = database;
        using (SqliteStatement select = database.Prepare("SELECT position FROM cursor"))
        {
            Cursor = select.Step() ? select.Int64(0) : null;
        }

        using (SqliteStatement select = database.Prepare("SELECT name, first_position, last_ms FROM file"))
        {
            while (select.Step())
            {
                if (DayFileName.TryParse(select.Text(0)!, out DayFileName name))
                {
                    _files[name] = new Entry(select.Int64(1), select.Int64(2));
                }
            }
        }

        _saveCursor = database.Prepare("UPDATE cursor SET position = ?1");
        _saveFile = database.Prepare("INSERT OR REPLACE INTO file VALUES(?1,?2,?3)");
        _removeFile = database.Prepare("DELETE FROM file WHERE name = ?1");
    }

    /// <summary>Null in a new catalog.</summary>
    public long? Cursor { get; private set; }

    public IReadOnlyDictionary<DayFileName, Entry> Files => _files;

    public static Catalog Open(string path) =>
        new(DayFile.OpenDatabase(path, ApplicationId, 1, Create, expected: false, long.MaxValue));

    /// <summary>Enters files before they are written for the first time.</summary>
    public void Enter(IEnumerable<(DayFileName Name, Entry Entry)> files)
    {
        _database.Execute("BEGIN IMMEDIATE");
        foreach ((DayFileName name, Entry entry) in files)
        {
            Put(name, entry);
        }

        _database.Execute("COMMIT");
    }

    /// <summary>Moves the cursor and the files' ages, after the files' own commits.</summary>
    public void SaveProgress(long cursor, IEnumerable<(DayFileName Name, long LastMs)> written)
    {
        _database.Execute("BEGIN IMMEDIATE");
        foreach ((DayFileName name, long lastMs) in written)
        {
            Entry entry = _files[name];
            if (lastMs > entry.LastMs)
            {
                Put(name, entry with { LastMs = lastMs });
            }
        }

        if (Cursor is null)
        {
            _database.Execute("INSERT INTO cursor VALUES(0)");
        }

        _saveCursor.Bind(1, cursor);
        _saveCursor.Run();
        _database.Execute("COMMIT");
        Cursor = cursor;
    }

    public void Remove(DayFileName name)
    {
        _removeFile.Bind(1, name.ToString());
        _removeFile.Run();
        _files.Remove(name);
    }

    public void RollbackIfOpen() => _database.RollbackIfOpen();

    public void Dispose() => _database.Dispose();

    private void Put(DayFileName name, Entry entry)
    {
        _saveFile.Bind(1, name.ToString());
        _saveFile.Bind(2, entry.FirstPosition);
        _saveFile.Bind(3, entry.LastMs);
        _saveFile.Run();
        _files[name] = entry;
    }

    /// <summary>One file.</summary>
    /// <param name="FirstPosition">Position of the first record that was written to it.</param>
    /// <param name="LastMs">Newest receive time of a record in it.</param>
    internal readonly record struct Entry(long FirstPosition, long LastMs);
}
