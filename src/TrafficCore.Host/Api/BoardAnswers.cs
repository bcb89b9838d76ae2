using System.Text.Json;
using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Multi;
using TrafficCore.Boards.Rules;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Host.Api;

/// <summary>Says in the API's words what the boards' room and the store say in theirs.</summary>
internal static class BoardAnswers
{
    private static readonly JsonSerializerOptions Json = MakeOptions();

    public static BoardAnswer Of(BoardSnapshot board, DateTimeOffset now) => new()
    {
        Intersection = board.Definition.Key.Intersection,
        Board = board.Definition.Key.Board,
        Lines = board.Definition.Face.Lines,
        Characters = board.Definition.Face.Characters,
        Pages = board.Definition.Face.Pages,
        Colors = board.Definition.Face.Colors,
        Watches = [.. board.Definition.Watches.Select(w => w.ToString())],
        MessageId = board.Message.Id,
        Multi = board.Message.Multi,
        Text = MultiString.JoinText(board.Message.Multi, " / "),
        Priority = board.Message.Priority,
        Expires = ApiJson.Instant(board.Message.Expires),
        Since = ApiJson.Instant(board.Since),
        JudgedUntil = ApiJson.Instant(board.JudgedUntil),
        Reason = Reason(ReasonJson.Text(board.Message.Reason)),
        Why = ReasonText.Of(board.Message.Reason),
        Otherwise = board.Otherwise is { } other
            ? new BoardAlternativeAnswer(other.Multi, other.Priority, ApiJson.Instant(other.Expires), other.Reason.Rule, ReasonText.Of(other.Reason))
            : null,
        Manual = Manual(board),
        ChangesLeft = board.ChangesLeft,
        Delivery = BoardDeliveries.Name(board.Delivery),
        Resends = board.Resends,
        Online = board.IsOnline,
        OnlineSince = ApiJson.Instant(board.OnlineSince),
        Status = board.Status is { } status ? Status(status, board.StatusReceived!.Value, now) : null,
    };

    public static BoardMessageAnswer Of(BoardDecisionRecord decision) => new()
    {
        Time = ApiJson.Instant(decision.Time),
        State = decision.State,
        Id = decision.Id,
        Multi = decision.Message,
        Priority = decision.Priority,
        Expires = ApiJson.Instant(decision.Expires),
        Author = decision.Author,
        Reason = Reason(decision.Reason),
    };

    public static BoardStatusAnswer Of(BoardStatusRecord status) => new()
    {
        Id = status.Id,
        State = status.State,
        Multi = status.Message,
        Error = status.Error,
        Received = ApiJson.Instant(status.ReceivedMs),
    };

    private static ManualMessageAnswer? Manual(BoardSnapshot board) => board.Manual is { } manual
        ? new ManualMessageAnswer(
            manual.Multi, manual.Priority, ApiJson.Instant(manual.Since), ApiJson.Instant(manual.Expires), manual.Author, manual.Note,
            board.Message.Reason is { Rule: "manual", Because: "manual" })
        : null;

    // A device's time may be any number; what no calendar holds is left out.
    private static BoardStatusAnswer Status(BoardStatus status, long received, DateTimeOffset now) => new()
    {
        Id = status.Id,
        State = status.State,
        Multi = status.Multi,
        Ts = status.Ts is >= 0 and < 253_402_300_800_000 ? ApiJson.Instant(status.Ts) : null,
        Error = status.Error,
        Received = ApiJson.Instant(received),
        Age = ApiJson.Round((now - ApiJson.Instant(received)).TotalSeconds),
    };

    // One shape for the board, the log and the API: it is read back from what devices get.
    private static BoardReasonAnswer Reason(string json) => JsonSerializer.Deserialize<BoardReasonAnswer>(json, Json)!;

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions();
        ApiJson.Configure(options);
        return options;
    }
}
