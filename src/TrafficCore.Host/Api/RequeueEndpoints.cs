using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using TrafficCore.Host.Requeue;
using TrafficCore.Host.Security.Audit;
using TrafficCore.Host.Security.Http;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Host.Api;

/// <summary><c>POST /api/v1/quarantine/requeue</c>: feeds rejected payloads back after a fix.</summary>
internal static class RequeueEndpoints
{
    public static void MapRequeue(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/quarantine/requeue", RequeueAsync).RequireAuthorization(HttpRoles.Operator).WithTags("ledger")
            .WithSummary("Feeds rejected payloads back, judged anew at the time when they were received first; each at most once")
            .Produces<RequeueAnswer>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> RequeueAsync(
        string? from, string? to, string? reason, HttpContext context, [FromServices] RequeueDesk desk, [FromServices] TimeProvider time, CancellationToken cancellation)
    {
        if (from is null)
        {
            return Problems.Parameter("from", "is missing: say from which receive time on");
        }

        if (!TimeRange.TryParse(from, to, time.GetUtcNow().AddMilliseconds(1), TimeSpan.Zero, out var range, out var problem))
        {
            return problem!;
        }

        if (reason is not null && !RejectionReasons.All.Contains(reason))
        {
            return Problems.Parameter("reason", $"\"{reason}\" is not one of {string.Join(", ", RejectionReasons.All)}");
        }

        AuditTrail.Describe(context, $"received from {Instant(range.From)} to {Instant(range.To)}, {reason ?? "for any reason"}");
        return await desk.RunAsync(range.From, range.To, reason, cancellation) is { } result
            ? TypedResults.Ok(new RequeueAnswer(result.Requeued, result.Refused, result.Before))
            : TypedResults.Problem(
                title: "Not now.", detail: "another run is under way; ask again when it has ended", statusCode: StatusCodes.Status409Conflict);
    }

    private static string Instant(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("O", CultureInfo.InvariantCulture);
}

/// <summary>What became of the payloads in the range.</summary>
/// <param name="Requeued">Fed back: received again.</param>
/// <param name="Refused">Would be refused again; they stay, and may be fed back after another fix.</param>
/// <param name="Before">Were fed back by an earlier run.</param>
public sealed record RequeueAnswer(long Requeued, long Refused, long Before);
