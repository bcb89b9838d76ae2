using Microsoft.AspNetCore.Mvc;
using TrafficCore.Boards;
using TrafficCore.Boards.Delivery;
using TrafficCore.Storage.History;

namespace TrafficCore.Host.Api;

/// <summary><c>GET /api/v1/boards</c>, one board, and its history.</summary>
internal static class BoardEndpoints
{
    // A board changes a few times an hour: the default is weeks of it.
    private const int DefaultLimit = 1000;
    private const int MaxLimit = 10_000;

    public static void MapBoards(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/boards").WithTags("boards");
        group.MapGet("", List).WithSummary("What each board shows, why, since when, and what the device says; state=failed lists those whose delivery is in that state")
            .Produces<IReadOnlyList<BoardAnswer>>().ProducesValidationProblem();
        group.MapGet("/{intersection}/{board}", One).WithSummary("One board")
            .Produces<BoardAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{intersection}/{board}/messages", MessagesAsync)
            .WithSummary("What the board was to show and why, ascending by event time, by default of the last day")
            .Produces<IReadOnlyList<BoardMessageAnswer>>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{intersection}/{board}/statuses", StatusesAsync)
            .WithSummary("What the board's device said, ascending by receive time, by default of the last day")
            .Produces<IReadOnlyList<BoardStatusAnswer>>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapBoardCommands();
    }

    private static IResult List(string? state, [FromServices] BoardWorker boards, [FromServices] TimeProvider time)
    {
        if (state is not null && !BoardDeliveries.Names.Contains(state))
        {
            return Problems.Parameter("state", $"\"{state}\" is not one of {string.Join(", ", BoardDeliveries.Names)}");
        }

        var now = time.GetUtcNow();
        return TypedResults.Ok(boards.Boards.Where(b => state is null || BoardDeliveries.Name(b.Delivery) == state)
            .Select(b => BoardAnswers.Of(b, now)).ToList());
    }

    private static IResult One(string intersection, string board, [FromServices] BoardWorker boards, [FromServices] TimeProvider time) =>
        boards.Find(intersection, board) is { } found ? TypedResults.Ok(BoardAnswers.Of(found, time.GetUtcNow())) : Unknown(intersection, board);

    private static Task<IResult> MessagesAsync(
        string intersection, string board, string? from, string? to, int? limit, [FromServices] IBoardHistory history, [FromServices] TimeProvider time,
        [FromServices] BoardWorker boards, CancellationToken cancellation) => HistoryAsync(
            boards.Find(intersection, board), intersection, board, from, to, limit, time, async query => (await history.DecisionsAsync(query, cancellation)).Select(BoardAnswers.Of));

    private static Task<IResult> StatusesAsync(
        string intersection, string board, string? from, string? to, int? limit, [FromServices] IBoardHistory history, [FromServices] TimeProvider time,
        [FromServices] BoardWorker boards, CancellationToken cancellation) => HistoryAsync(
            boards.Find(intersection, board), intersection, board, from, to, limit, time, async query => (await history.StatusesAsync(query, cancellation)).Select(BoardAnswers.Of));

    private static async Task<IResult> HistoryAsync<T>(
        BoardSnapshot? known, string intersection, string board, string? from, string? to, int? limit, TimeProvider time, Func<BoardQuery, Task<IEnumerable<T>>> ask)
    {
        // The end is exclusive: without `to` what happened this very millisecond belongs to the answer.
        if (!TimeRange.TryParse(from, to, time.GetUtcNow().AddMilliseconds(1), TimeSpan.FromDays(1), out var range, out var problem))
        {
            return problem!;
        }

        if (limit is < 1 or > MaxLimit)
        {
            return Problems.Parameter("limit", $"is not between 1 and {MaxLimit}");
        }

        // A board that left the network file keeps its history.
        List<T> found = [.. await ask(new BoardQuery(intersection, board, range.From, range.To, limit ?? DefaultLimit))];
        return known is null && found.Count == 0 ? Unknown(intersection, board) : TypedResults.Ok(found);
    }

    /// <summary>The board as of the last look; null when the network does not name it.</summary>
    internal static BoardSnapshot? Find(this BoardWorker boards, string intersection, string board) =>
        boards.Boards.FirstOrDefault(b => b.Definition.Key == new BoardKey(intersection, board));

    internal static IResult Unknown(string intersection, string board) => Problems.Unknown("board", $"{intersection}/{board}");
}
