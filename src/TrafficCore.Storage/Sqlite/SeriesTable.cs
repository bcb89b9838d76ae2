namespace TrafficCore.Storage.Sqlite;

/// <summary>The numbers of a file's series. A level says what a name names; a file of one level has 0.</summary>
/// <remarks>Ownership: the sink's thread.</remarks>
internal sealed class SeriesTable(SqliteDatabase database)
{
    public const string Create = """
        CREATE TABLE series(id INTEGER PRIMARY KEY, level INTEGER NOT NULL, intersection TEXT NOT NULL, name TEXT NOT NULL,
            UNIQUE(level, intersection, name));

        """;

    /// <summary>The number of a series by its level, intersection and name.</summary>
    public const string Find = "SELECT id FROM series WHERE level=?1 AND intersection=?2 AND name=?3";

    private readonly SqliteStatement _find = database.Prepare(Find);
    private readonly SqliteStatement _add = database.Prepare("INSERT INTO series(level, intersection, name) VALUES(?1,?2,?3)");
    private readonly Dictionary<(long Level, string Intersection, string Name), long> _ids = [];

    /// <summary>The number of a series, which it gets now if it has none.</summary>
    public long IdOf(long level, string intersection, string name)
    {
        (long, string, string) key = (level, intersection, name);
        if (!_ids.TryGetValue(key, out long id))
        {
            id = Select(level, intersection, name) ?? Insert(level, intersection, name);
            _ids.Add(key, id);
        }

        return id;
    }

    /// <summary>Numbers that were given inside a transaction are gone with it.</summary>
    public void Forget() => _ids.Clear();

    private long? Select(long level, string intersection, string name)
    {
        Bind(_find, level, intersection, name);
        long? id = _find.Step() ? _find.Int64(0) : null;
        _find.Reset();
        return id;
    }

    private long Insert(long level, string intersection, string name)
    {
        Bind(_add, level, intersection, name);
        _add.Run();
        return database.LastInsertedId();
    }

    private static void Bind(SqliteStatement statement, long level, string intersection, string name)
    {
        statement.Bind(1, level);
        statement.Bind(2, intersection);
        statement.Bind(3, name);
    }
}
