using SQLitePCL;

namespace TrafficCore.Storage.Sqlite;

/// <summary>A call into SQLite that failed.</summary>
public sealed class SqliteStoreException : Exception
{
    internal SqliteStoreException(int code, string path, string message)
        : base($"{Path.GetFileName(path)}: {message} (SQLite {code})")
    {
        Code = code;
        File = path;
    }

    /// <summary>Primary result code.</summary>
    public int Code { get; }

    /// <summary>The database file.</summary>
    public string File { get; }

    /// <summary>The file's content is wrong: waiting does not help, rebuilding does.</summary>
    public bool IsDamage => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_MISMATCH or raw.SQLITE_FORMAT;
}
