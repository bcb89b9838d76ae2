using TrafficCore.Storage.Delivery;

namespace TrafficCore.Storage.Sqlite;

/// <summary>A day of rejected payloads opened for writing.</summary>
/// <remarks>Ownership: the sink's thread.</remarks>
internal sealed class QuarantineDayFile : DayFile
{
    public const int ApplicationId = 0x54435152; // "TCQR"
    public const int Version = 1;

    // The key repeats when the log is read again, so a repeat adds nothing.
    public const string Create = """
        CREATE TABLE quarantine(received_ms INTEGER NOT NULL, position INTEGER NOT NULL, reason TEXT NOT NULL, intersection TEXT NOT NULL,
            kind TEXT NOT NULL, device TEXT NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL, UNIQUE(received_ms, position));
        """ + CreateWritten;

    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _pages;
    private readonly long _maxPages;
    private readonly Action<int> _onDropped;

    private QuarantineDayFile(DayFileName name, SqliteDatabase database, long maxBytes, Action<int> onDropped)
        : base(name, database)
    {
        _maxPages = maxBytes / database.Scalar("PRAGMA page_size");
        _onDropped = onDropped;
        _pages = database.Prepare("PRAGMA page_count");
        _insert = database.Prepare("INSERT OR IGNORE INTO quarantine VALUES(?1,?2,?3,?4,?5,?6,?7,?8)");
    }

    /// <summary>Opens a day.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name.</param>
    /// <param name="expected">Whether it must be there.</param>
    /// <param name="checkBytes">Files up to this size are checked whole.</param>
    /// <param name="maxBytes">A file of this size takes nothing more.</param>
    /// <param name="onDropped">Is told how many payloads were dropped for that.</param>
    public static QuarantineDayFile Open(string path, DayFileName name, bool expected, long checkBytes, long maxBytes, Action<int> onDropped) =>
        new(name, OpenDatabase(path, ApplicationId, Version, Create, expected, checkBytes), maxBytes, onDropped);

    public override int Write(OutputBatch.FilePart part)
    {
        int applied = 0;
        int dropped = 0;
        foreach ((long position, RejectedPayload rejected) in part.Payloads)
        {
            if (IsFull())
            {
                dropped++;
                continue;
            }

            _insert.Bind(1, rejected.ReceivedMs);
            _insert.Bind(2, position);
            _insert.Bind(3, rejected.Reason);
            _insert.Bind(4, rejected.Intersection);
            _insert.Bind(5, rejected.Kind);
            _insert.Bind(6, rejected.Device);
            _insert.Bind(7, rejected.Topic);
            _insert.BindBlob(8, rejected.Payload.Span);
            _insert.Run();
            applied += Database.Changes();
        }

        if (dropped > 0)
        {
            _onDropped(dropped);
        }

        return applied;
    }

    private bool IsFull()
    {
        bool isFull = _pages.Step() && _pages.Int64(0) >= _maxPages;
        _pages.Reset();
        return isFull;
    }
}
