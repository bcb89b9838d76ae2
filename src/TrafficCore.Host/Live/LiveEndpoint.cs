using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Mvc;
using TrafficCore.Host.Api;
using TrafficCore.Host.Security.Http;

namespace TrafficCore.Host.Live;

/// <summary><c>GET /api/v1/live</c>.</summary>
internal static class LiveEndpoint
{
    private static readonly string[] Kinds = ["window", "board", "health"];

    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/live", StreamAsync).WithTags("live")
        .WithSummary("Server-Sent Events: intersections and their windows (open ones once a second, marked open), boards and health, first as they are and then as they change")
        .WithDescription("Events: `intersection` (as in /api/v1/intersections), `window`, `board` (as in /api/v1/boards), `health` (as /health/ready). `intersection` may be repeated; "
            + "`window` is one stored length; `kinds` lists window (with intersection), board, health.")
        .Produces<LiveWindowAnswer>(contentType: "text/event-stream").ProducesValidationProblem().ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> StreamAsync(string[]? intersection, string? window, string? kinds, HttpContext context, [AsParameters] LiveServices services)
    {
        if (!TryParse(intersection ?? [], window, kinds, services, out var filter, out var problem))
        {
            return problem;
        }

        if (!services.Feed.TryJoin(filter, new StandingCaller(context), out var client, out var why))
        {
            return Problems.Unavailable(why);
        }

        try
        {
            await LiveStream.WriteAsync(context, client, services.Feed.Content, services.Feed.Metrics, services.Time);
        }
        finally
        {
            services.Feed.Leave(client);
        }

        return TypedResults.Empty;
    }

    private static bool TryParse(
        string[] intersections, string? window, string? kinds, LiveServices services, [NotNullWhen(true)] out LiveFilter? filter, [NotNullWhen(false)] out IResult? problem)
    {
        (filter, problem) = (null, null);
        string[] asked = kinds?.Split(',', StringSplitOptions.TrimEntries) ?? Kinds;
        long lengthMs = 0;
        if (intersections.FirstOrDefault(id => !services.City.HasIntersection(id)) is { } unknown)
        {
            problem = Problems.Parameter("intersection", $"\"{unknown}\" is not known");
        }
        else if (window is not null && !services.Windows.TryParse(window, services.City.Zone, out lengthMs))
        {
            problem = services.Windows.Unknown(window);
        }
        else if (asked.FirstOrDefault(kind => !Kinds.Contains(kind)) is { } other)
        {
            problem = Problems.Parameter("kinds", $"\"{other}\" is not one of {string.Join(", ", Kinds)}");
        }
        else
        {
            filter = new LiveFilter(
                intersections.Length == 0 ? null : intersections.ToHashSet(StringComparer.Ordinal),
                window is null ? null : lengthMs,
                asked.Contains("window"),
                asked.Contains("board"),
                asked.Contains("health"));
        }

        return filter is not null;
    }
}

/// <summary>What the endpoint needs.</summary>
/// <param name="Feed">The feed.</param>
/// <param name="City">What exists.</param>
/// <param name="Windows">Stored lengths.</param>
/// <param name="Time">Measures how long a client takes.</param>
internal readonly record struct LiveServices([FromServices] LiveFeed Feed, [FromServices] CityDirectory City, [FromServices] WindowLengthsInUse Windows, [FromServices] TimeProvider Time);
