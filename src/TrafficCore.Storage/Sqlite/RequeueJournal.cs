using TrafficCore.Storage.History;

namespace TrafficCore.Storage.Sqlite;

/// <summary>Which rejected payloads were fed back: a file of its own beside the day files, so that it survives their being rebuilt.</summary>
/// <remarks>Ownership: thread-safe; one thread of its own opens, reads and writes the file. Bounded by how long the quarantine is kept.</remarks>
/// <param name="directory">Directory of the database files.</param>
/// <param name="keep">How long the quarantine is kept, <see cref="SqliteOptions.KeepQuarantine"/>.</param>
/// <param name="time">Clock.</param>
public sealed class RequeueJournal(string directory, TimeSpan keep, TimeProvider time) : IDisposable
{
    private const int ApplicationId = 0x54435251; // "TCRQ"

    private const string Create =
        "CREATE TABLE requeued(received_ms INTEGER NOT NULL, position INTEGER NOT NULL, requeued_ms INTEGER NOT NULL, PRIMARY KEY(received_ms, position)) WITHOUT ROWID;";

    private readonly ReaderThreads _thread = new(1);
    private SqliteDatabase? _database;

    /// <summary>Those of some places that were marked.</summary>
    /// <exception cref="SqliteStoreException">The file cannot be read: nothing may be fed back then, since it might be the second time.</exception>
    public Task<IReadOnlySet<QuarantinePlace>> FindAsync(IReadOnlyList<QuarantinePlace> places, CancellationToken cancellation) => _thread.Run(
        () =>
        {
            using SqliteStatement select = Open().Prepare("SELECT 1 FROM requeued WHERE received_ms=?1 AND position=?2");
            HashSet<QuarantinePlace> found = [];
            foreach (QuarantinePlace place in places)
            {
                Bind(select, place);
                if (select.Step())
                {
                    found.Add(place);
                }

                select.Reset();
            }

            return (IReadOnlySet<QuarantinePlace>)found;
        },
        cancellation);

    /// <summary>Marks places; durable when it returns. What the quarantine does not hold any more is forgotten.</summary>
    public Task MarkAsync(IReadOnlyList<QuarantinePlace> places, CancellationToken cancellation) => _thread.Run(
        () =>
        {
            SqliteDatabase database = Open();
            using SqliteStatement insert = database.Prepare("INSERT OR IGNORE INTO requeued VALUES(?1,?2,?3)");
            using SqliteStatement forget = database.Prepare("DELETE FROM requeued WHERE received_ms<?1 AND requeued_ms<?1");
            long now = time.GetUtcNow().ToUnixTimeMilliseconds();
            try
            {
                database.Execute("BEGIN IMMEDIATE");
                foreach (QuarantinePlace place in places)
                {
                    Bind(insert, place);
                    insert.Bind(3, now);
                    insert.Run();
                }

                // A day more: files go by their newest payload, and by the hour.
                forget.Bind(1, now - (long)keep.TotalMilliseconds - DayFileName.DayMs);
                forget.Run();
                database.Execute("COMMIT");
            }
            finally
            {
                database.RollbackIfOpen();
            }

            return places.Count;
        },
        cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _thread.Run(
            () =>
            {
                _database?.Dispose();
                return true;
            },
            CancellationToken.None).GetAwaiter().GetResult();
        _thread.Dispose();
    }

    private SqliteDatabase Open() =>
        _database ??= DayFile.OpenDatabase(Path.Combine(directory, "requeued.db"), ApplicationId, 1, Create, expected: false, long.MaxValue);

    private static void Bind(SqliteStatement statement, QuarantinePlace place)
    {
        statement.Bind(1, place.ReceivedMs);
        statement.Bind(2, place.Position);
    }
}
