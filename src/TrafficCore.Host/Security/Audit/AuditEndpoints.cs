using Microsoft.AspNetCore.Mvc;
using TrafficCore.Host.Api;
using TrafficCore.Host.Security.Http;

namespace TrafficCore.Host.Security.Audit;

/// <summary><c>GET /api/v1/audit</c>: who did what.</summary>
internal static class AuditEndpoints
{
    // A day of operators' work is some hundred entries.
    private const int DefaultLimit = 1000;
    private const int MaxLimit = 10_000;

    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/audit", ListAsync).WithTags("audit").RequireAuthorization(HttpRoles.Admin)
            .WithSummary("Who did what, when, from where, and with what result; ascending, by default of the last day")
            .WithDescription("At most `limit` entries. When there are more, the answer carries a `Link` header with `rel=\"next\"`.")
            .Produces<IReadOnlyList<AuditEntry>>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status403Forbidden);

    private static async Task<IResult> ListAsync(
        string? from, string? to, int? limit, HttpContext http, [FromServices] AuditLog audit, [FromServices] TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (start, end) = (now.AddDays(-1), now.AddMilliseconds(1));
        if (from is not null && !TimeRange.TryParseInstant(from, now, out start))
        {
            return Problems.Parameter("from", $"\"{from}\" is neither ISO 8601 with an offset nor relative (-15m)");
        }

        if (to is not null && !TimeRange.TryParseInstant(to, now, out end))
        {
            return Problems.Parameter("to", $"\"{to}\" is neither ISO 8601 with an offset nor relative (-15m)");
        }

        if (limit is < 1 or > MaxLimit)
        {
            return Problems.Parameter("limit", $"is not between 1 and {MaxLimit}");
        }

        var most = limit ?? DefaultLimit;
        var entries = await audit.ReadAsync(start, end, most, cancellation);
        if (entries.Count > most)
        {
            // Times are unique to the tick, so the next page begins with exactly this one.
            var query = QueryString.Create("from", entries[most].Time.UtcDateTime.ToString("O")).Add("to", end.UtcDateTime.ToString("O"));
            http.Response.Headers.Link = $"<{http.Request.Path}{query.Add("limit", most.ToString(System.Globalization.CultureInfo.InvariantCulture))}>; rel=\"next\"";
            entries.RemoveAt(most);
        }

        return TypedResults.Ok(entries);
    }
}
