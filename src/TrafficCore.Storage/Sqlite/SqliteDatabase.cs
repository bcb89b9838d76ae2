using SQLitePCL;

namespace TrafficCore.Storage.Sqlite;

/// <summary>One connection to one database file: the few calls of SQLite that the store needs, without boxing.</summary>
/// <remarks>Ownership: one thread at a time, the one that opened it.</remarks>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly List<SqliteStatement> _statements = [];

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(string path, sqlite3 handle)
    {
        Path = path;
        _handle = handle;
    }

    public string Path { get; }

    /// <summary>Opens, and creates where asked to; waits up to 5 s for another connection's lock, longer than any transaction here.</summary>
    public static SqliteDatabase Open(string path, bool create)
    {
        int flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        int code = raw.sqlite3_open_v2(path, out sqlite3 handle, flags, null);
        SqliteDatabase database = new(path, handle);
        try
        {
            database.Check(code);
            raw.sqlite3_busy_timeout(handle, 5_000);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    public SqliteStatement Prepare(string sql)
    {
        int code = raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out sqlite3_stmt statement);
        if (code == raw.SQLITE_ERROR)
        {
            // The statements are fixed, so what does not compile is a file whose tables are not the store's.
            throw new SqliteStoreException(raw.SQLITE_CORRUPT, Path, raw.sqlite3_errmsg(_handle).utf8_to_string());
        }

        Check(code);
        SqliteStatement result = new(this, statement);
        _statements.Add(result);
        return result;
    }

    /// <summary>Copies the database as of one moment into another file, also while others write it.</summary>
    public void CopyTo(SqliteDatabase target)
    {
        const int AllPages = -1;
        using sqlite3_backup backup = raw.sqlite3_backup_init(target._handle, "main", _handle, "main");
        if (backup.IsInvalid)
        {
            throw new SqliteStoreException(raw.sqlite3_errcode(target._handle) & 0xff, target.Path, raw.sqlite3_errmsg(target._handle).utf8_to_string());
        }

        int code = raw.sqlite3_backup_step(backup, AllPages);
        if (code != raw.SQLITE_DONE)
        {
            throw new SqliteStoreException(code & 0xff, Path, raw.sqlite3_errstr(code).utf8_to_string());
        }
    }

    public long Scalar(string sql)
    {
        using SqliteStatement statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    public string? ScalarText(string sql)
    {
        using SqliteStatement statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    public int Changes() => raw.sqlite3_changes(_handle);

    public long LastInsertedId() => raw.sqlite3_last_insert_rowid(_handle);

    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    public void RollbackIfOpen()
    {
        if (InTransaction)
        {
            raw.sqlite3_exec(_handle, "ROLLBACK");
        }
    }

    internal void Check(int code)
    {
        if ((code & 0xff) is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new SqliteStoreException(code & 0xff, Path, raw.sqlite3_errmsg(_handle).utf8_to_string());
        }
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements)
        {
            statement.Dispose();
        }

        raw.sqlite3_close_v2(_handle);
        _handle.Dispose();
    }
}

/// <summary>A prepared statement, used again and again. Columns and parameters count from 0 and 1, as in SQLite.</summary>
/// <remarks>Ownership: its database's.</remarks>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly sqlite3_stmt _statement;
    private bool _disposed;

    internal SqliteStatement(SqliteDatabase database, sqlite3_stmt statement)
    {
        _database = database;
        _statement = statement;
    }

    public void Bind(int index, long value) => raw.sqlite3_bind_int64(_statement, index, value);

    public void Bind(int index, long? value)
    {
        if (value is { } known)
        {
            raw.sqlite3_bind_int64(_statement, index, known);
        }
        else
        {
            raw.sqlite3_bind_null(_statement, index);
        }
    }

    public void Bind(int index, string? value)
    {
        if (value is null)
        {
            raw.sqlite3_bind_null(_statement, index);
        }
        else
        {
            _database.Check(raw.sqlite3_bind_text(_statement, index, value));
        }
    }

    public void BindBlob(int index, ReadOnlySpan<byte> value) => _database.Check(raw.sqlite3_bind_blob(_statement, index, value));

    /// <summary>Runs to the next row; false at the end.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            int primary = raw.sqlite3_reset(_statement);
            _database.Check(primary == raw.SQLITE_OK ? code : primary);
        }

        return false;
    }

    /// <summary>Makes the statement ready for its next values.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    /// <summary>Runs a statement that returns nothing, and makes it ready again.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    public int? Int32OrNull(int column) => IsNull(column) ? null : (int)Int64(column);

    public string? Text(int column) => IsNull(column) ? null : raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public byte[] Blob(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _statement.Dispose();
        }
    }
}
