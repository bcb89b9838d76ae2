using Microsoft.Extensions.Logging;

namespace TrafficCore.Boards;

/// <summary>Log messages of the boards, ids 4000-4999. Next free: 4014.</summary>
internal static partial class BoardsLog
{
    [LoggerMessage(4000, LogLevel.Information, "Board {Board} shows {Multi}: {Why}")]
    public static partial void Shows(ILogger logger, string board, string multi, string why);

    [LoggerMessage(4001, LogLevel.Information, "Board {Board} is blank: {Why}")]
    public static partial void Blank(ILogger logger, string board, string why);

    [LoggerMessage(4002, LogLevel.Warning, "A message for board {Board} was not taken and is sent again")]
    public static partial void NotSent(ILogger logger, Exception error, string board);

    [LoggerMessage(4003, LogLevel.Warning, "Board {Board} is {Delivery}: it should show {Multi}, it says {Says}")]
    public static partial void Trouble(ILogger logger, string board, string delivery, string multi, string says);

    [LoggerMessage(4004, LogLevel.Error, "The boards' loop failed on one input and went on")]
    public static partial void LoopFailed(ILogger logger, Exception error);

    [LoggerMessage(4005, LogLevel.Warning, "What boards showed before the restart is ignored: {Problem}. They begin anew")]
    public static partial void MemoryIgnored(ILogger logger, string problem);

    [LoggerMessage(4006, LogLevel.Error, "What boards showed before the restart can't be read. They begin anew")]
    public static partial void MemoryNotRead(ILogger logger, Exception error);

    [LoggerMessage(4007, LogLevel.Error, "What boards show can't be saved and would not survive a restart; it is tried again each time they are judged")]
    public static partial void MemoryNotSaved(ILogger logger, Exception error);

    [LoggerMessage(4008, LogLevel.Information, "Board {Board} is well again")]
    public static partial void Well(ILogger logger, string board);

    [LoggerMessage(4009, LogLevel.Warning, "Boards go on from the live end: they had read the output up to {Position}, but it ends at {End}")]
    public static partial void CursorBeyondEnd(ILogger logger, long position, long end);

    [LoggerMessage(4010, LogLevel.Information, "Board {Board}: {Author} asks for {Multi} with priority {Priority}")]
    public static partial void Commanded(ILogger logger, string board, string author, string multi, int priority);

    [LoggerMessage(4011, LogLevel.Information, "Board {Board}: {Author} ends the manual message")]
    public static partial void Released(ILogger logger, string board, string author);

    [LoggerMessage(4012, LogLevel.Warning, "{Count} other boards are in trouble too: /api/v1/boards names them")]
    public static partial void OthersInTrouble(ILogger logger, int count);

    [LoggerMessage(4013, LogLevel.Information, "{Count} other boards are well again too")]
    public static partial void OthersWell(ILogger logger, int count);
}
