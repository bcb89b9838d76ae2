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

    private QuarantineDayFile(DayFileName name, SqliteDatabase database)
        : base(name, database)
    {
        _insert = database.Prepare("INSERT OR IGNORE INTO quarantine VALUES(?1,?2,?3,?4,?5,?6,?7,?8)");
    }

    public static QuarantineDayFile Open(string path, DayFileName name, bool expected, long checkBytes) =>
        new(name, OpenDatabase(path, ApplicationId, Version, Create, expected, checkBytes));

    public override int Write(OutputBatch.FilePart part)
    {
        int applied = 0;
        foreach ((long position, RejectedPayload rejected) in part.Payloads)
        {
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

        return applied;
    }
}
