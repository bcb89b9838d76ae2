using Microsoft.AspNetCore.Mvc;
using TrafficCore.Boards;
using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Rules;
using TrafficCore.Storage.History;

namespace TrafficCore.Host.Api;

/// <summary><c>GET /api/v1/boards</c> and one board.</summary>
internal static class BoardEndpoints
{
    public static void MapBoards(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/boards").WithTags("boards");
        group.MapGet("", ([FromServices] BoardWorker boards) => TypedResults.Ok(boards.Boards.Select(Answer).ToList()))
            .WithSummary("What each board shows, why, since when, and what the device says");
        group.MapGet("/{intersection}/{board}", One).WithSummary("One board")
            .Produces<BoardAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult One(string intersection, string board, [FromServices] BoardWorker boards)
    {
        var key = new BoardKey(intersection, board);
        return boards.Boards.FirstOrDefault(b => b.Definition.Key == key) is { } found
            ? TypedResults.Ok(Answer(found))
            : Problems.Unknown("board", key.ToString());
    }

    internal static BoardAnswer Answer(BoardSnapshot board) => new()
    {
        Intersection = board.Definition.Key.Intersection,
        Board = board.Definition.Key.Board,
        Lines = board.Definition.Lines,
        Characters = board.Definition.Characters,
        Pages = board.Definition.Pages,
        Watches = [.. board.Definition.Watches.Select(w => w.ToString())],
        MessageId = board.Message?.Id,
        Multi = board.Message?.Multi,
        Priority = board.Message?.Priority,
        Expires = ApiJson.Instant(board.Message?.Expires),
        Since = ApiJson.Instant(board.Since),
        Reason = board.Message is { } message ? new BoardReasonAnswer(message.Reason.Rule, Cause(message.Reason)) : null,
        Delivery = board.Delivery switch
        {
            BoardDelivery.Confirmed => "confirmed",
            BoardDelivery.Mismatch => "mismatch",
            BoardDelivery.Rejected => "rejected",
            BoardDelivery.Failed => "failed",
            _ => "pending",
        },
        Resends = board.Resends,
        Status = board.Status is { } status ? Status(status, board.StatusReceived) : null,
    };

    private static BoardCauseAnswer Cause(BoardReason reason) => new()
    {
        Event = reason.Because,
        Approach = reason.Evidence?.Approach.ToString(),
        Metric = reason.Evidence is null ? null : reason.Evidence.Metric == BoardMetric.Occupancy ? "occupancy" : "speedRatio",
        Value = ApiJson.Round(reason.Evidence?.Value),
        Enter = reason.Evidence?.Enter,
        Exit = reason.Evidence?.Exit,
        Window = reason.Evidence is null ? null : FlowWindow.Name(reason.Evidence.Length),
        Start = ApiJson.Instant(reason.Evidence?.Start),
        Coverage = ApiJson.Round(reason.Evidence?.Coverage),
        Revision = reason.Evidence?.Revision,
    };

    // A device's time may be any number; what no calendar holds is left out.
    private static BoardStatusAnswer Status(BoardStatus status, long? received) => new()
    {
        Id = status.Id,
        State = status.State,
        Multi = status.Multi,
        Ts = status.Ts is >= 0 and < 253_402_300_800_000 ? ApiJson.Instant(status.Ts) : null,
        Error = status.Error,
        Received = ApiJson.Instant(received),
    };
}
