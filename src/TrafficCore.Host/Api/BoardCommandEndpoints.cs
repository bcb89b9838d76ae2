using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using TrafficCore.Boards;
using TrafficCore.Boards.Delivery;

namespace TrafficCore.Host.Api;

/// <summary><c>PUT</c> and <c>DELETE /api/v1/boards/{intersection}/{board}/message</c>: an operator's message.</summary>
internal static class BoardCommandEndpoints
{
    public static void MapBoardCommands(this IEndpointRouteBuilder group)
    {
        group.MapPut("/{intersection}/{board}/message", PutAsync)
            .WithSummary("Puts a message on the board, in place of the manual message before it; durable when it is answered, shown when nothing of higher priority is")
            .Accepts<BoardCommandRequest>("application/json").Produces<BoardAnswer>().ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.MapDelete("/{intersection}/{board}/message", DeleteAsync)
            .WithSummary("Ends the manual message; the same answer when there is none")
            .Produces<BoardAnswer>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> PutAsync(
        string intersection, string board, [FromBody] JsonElement body, HttpContext context, [FromServices] BoardWorker boards, [FromServices] BoardsOptions options,
        [FromServices] TimeProvider time, CancellationToken cancellation)
    {
        if (boards.Find(intersection, board) is not { } known)
        {
            return BoardEndpoints.Unknown(intersection, board);
        }

        var reader = new BoardCommandReader(body, known.Definition.Face, options, time.GetUtcNow());
        return reader.Read() is { } message
            ? Answer(await boards.Desk.CommandAsync(known.Definition.Key, message with { Author = Caller.Name(context, message.Author) }, cancellation), intersection, board, time)
            : Problems.Fields(reader.Errors);
    }

    private static async Task<IResult> DeleteAsync(
        string intersection, string board, string? author, HttpContext context, [FromServices] BoardWorker boards, [FromServices] TimeProvider time, CancellationToken cancellation) =>
        author?.Length > BoardCommandReader.MaxAuthor
            ? Problems.Parameter("author", $"is longer than {BoardCommandReader.MaxAuthor} characters")
            : Answer(await boards.Desk.ReleaseAsync(new BoardKey(intersection, board), Caller.Name(context, author), cancellation), intersection, board, time);

    private static IResult Answer((BoardCommandResult Result, BoardSnapshot? Board) done, string intersection, string board, TimeProvider time) => done switch
    {
        (BoardCommandResult.Done, { } after) => TypedResults.Ok(BoardAnswers.Of(after, time.GetUtcNow())),
        (BoardCommandResult.NotTaken, _) => Problems.Unavailable("the command could not be made durable; nothing was changed"),
        _ => BoardEndpoints.Unknown(intersection, board),
    };
}
