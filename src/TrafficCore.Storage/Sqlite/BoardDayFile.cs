using TrafficCore.Pipeline.Output;

namespace TrafficCore.Storage.Sqlite;

/// <summary>A day of board messages and of what boards said, opened for writing.</summary>
/// <remarks>Ownership: the sink's thread.</remarks>
internal sealed class BoardDayFile : DayFile
{
    public const int ApplicationId = 0x54434244; // "TCBD"
    public const int Version = 1;

    // A decision that is made again after a crash is the same row.
    public const string Create = """
        CREATE TABLE message(intersection TEXT NOT NULL, board TEXT NOT NULL, time_ms INTEGER NOT NULL, id TEXT NOT NULL, message TEXT NOT NULL,
            priority INTEGER, rule TEXT NOT NULL, state TEXT NOT NULL, expires_ms INTEGER, author TEXT, reason TEXT NOT NULL,
            PRIMARY KEY(intersection, board, time_ms)) WITHOUT ROWID;
        CREATE TABLE status(intersection TEXT NOT NULL, board TEXT NOT NULL, received_ms INTEGER NOT NULL, id TEXT, state TEXT NOT NULL,
            message TEXT, error TEXT, PRIMARY KEY(intersection, board, received_ms)) WITHOUT ROWID;

        """ + CreateWritten;

    private readonly SqliteStatement _insertMessage;
    private readonly SqliteStatement _insertStatus;

    private BoardDayFile(DayFileName name, SqliteDatabase database)
        : base(name, database)
    {
        _insertMessage = database.Prepare("INSERT OR REPLACE INTO message VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)");
        _insertStatus = database.Prepare("INSERT OR REPLACE INTO status VALUES(?1,?2,?3,?4,?5,?6,?7)");
    }

    public static BoardDayFile Open(string path, DayFileName name, bool expected, long checkBytes) =>
        new(name, OpenDatabase(path, ApplicationId, Version, Create, expected, checkBytes));

    public override int Write(OutputBatch.FilePart part)
    {
        foreach (BoardDecisionRecord decision in part.Decisions)
        {
            _insertMessage.Bind(1, decision.Intersection);
            _insertMessage.Bind(2, decision.Board);
            _insertMessage.Bind(3, decision.Time);
            _insertMessage.Bind(4, decision.Id);
            _insertMessage.Bind(5, decision.Message);
            _insertMessage.Bind(6, (long?)decision.Priority);
            _insertMessage.Bind(7, decision.Rule);
            _insertMessage.Bind(8, decision.State);
            _insertMessage.Bind(9, decision.Expires);
            _insertMessage.Bind(10, decision.Author);
            _insertMessage.Bind(11, decision.Reason);
            _insertMessage.Run();
        }

        foreach (BoardStatusRecord status in part.Statuses)
        {
            _insertStatus.Bind(1, status.Intersection);
            _insertStatus.Bind(2, status.Board);
            _insertStatus.Bind(3, status.ReceivedMs);
            _insertStatus.Bind(4, status.Id);
            _insertStatus.Bind(5, status.State);
            _insertStatus.Bind(6, status.Message);
            _insertStatus.Bind(7, status.Error);
            _insertStatus.Run();
        }

        return part.Decisions.Count + part.Statuses.Count;
    }
}
