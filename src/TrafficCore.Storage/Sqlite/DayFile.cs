namespace TrafficCore.Storage.Sqlite;

/// <summary>One database file opened for writing: what files of rows, observations and rejected payloads have in common.</summary>
/// <remarks>Ownership: the sink's thread.</remarks>
internal abstract class DayFile : IDisposable
{
    /// <summary>Every file notes the newest receive time of what it holds.</summary>
    public const string CreateWritten = "CREATE TABLE written(last_ms INTEGER NOT NULL); INSERT INTO written VALUES(0);";

    private readonly SqliteStatement _touch;

    protected DayFile(DayFileName name, SqliteDatabase database)
    {
        Name = name;
        Database = database;
        _touch = database.Prepare("UPDATE written SET last_ms = ?1 WHERE last_ms < ?1");
    }

    public DayFileName Name { get; }

    protected SqliteDatabase Database { get; }

    /// <summary>The file is still where it was opened; an open file that was removed would swallow rows unseen.</summary>
    public bool Exists => File.Exists(Database.Path);

    /// <summary>Opens or creates a file and makes sure that it is whole and of this format; one of the version before is brought to this one.</summary>
    public static SqliteDatabase OpenDatabase(
        string path, int applicationId, int version, string create, bool expected, long checkBytes, string? upgrade = null)
    {
        SqliteDatabase database = SqliteDatabase.Open(path, create: true);
        try
        {
            // FULL: a commit is on disk when it returns, because the cursor moves after it and the log then lets go of the records.
            database.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864");
            long found = database.Scalar("PRAGMA application_id");
            if (found == 0 && !expected && database.Scalar("SELECT count(*) FROM sqlite_schema") == 0)
            {
                database.Execute($"BEGIN IMMEDIATE; {create} PRAGMA application_id={applicationId}; PRAGMA user_version={version}; COMMIT");
            }
            else
            {
                long written = database.Scalar("PRAGMA user_version");
                bool isOlder = upgrade is not null && written == version - 1;
                Verify(database, found == applicationId && (written == version || isOlder), checkBytes);
                if (isOlder)
                {
                    database.Execute($"BEGIN IMMEDIATE; {upgrade} PRAGMA user_version={version}; COMMIT");
                }
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public void Begin() => Database.Execute("BEGIN IMMEDIATE");

    /// <summary>Writes what is the file's; returns how much of it changed something.</summary>
    public abstract int Write(OutputBatch.FilePart part);

    /// <summary>Makes the rows durable and notes the newest receive time, by which the file's age is judged.</summary>
    public void Commit(long lastReceivedMs)
    {
        _touch.Bind(1, lastReceivedMs);
        _touch.Run();
        Database.Execute("COMMIT");
    }

    public virtual void Rollback() => Database.RollbackIfOpen();

    public void Dispose() => Database.Dispose();

    private static void Verify(SqliteDatabase database, bool format, long checkBytes)
    {
        if (!format)
        {
            throw new SqliteStoreException(SQLitePCL.raw.SQLITE_NOTADB, database.Path, "not a file of this store");
        }

        if (new FileInfo(database.Path).Length <= checkBytes && database.ScalarText("PRAGMA quick_check(1)") is not "ok" and var problem)
        {
            throw new SqliteStoreException(SQLitePCL.raw.SQLITE_CORRUPT, database.Path, problem ?? "quick_check gave no answer");
        }
    }
}
