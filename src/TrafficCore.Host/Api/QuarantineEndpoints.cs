using System.Text;
using Microsoft.AspNetCore.Mvc;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;

namespace TrafficCore.Host.Api;

/// <summary><c>GET /api/v1/quarantine</c>: what was refused, with its bytes.</summary>
internal static class QuarantineEndpoints
{
    // 1,000 rejections of some hundred bytes are a page that a person or script can handle; the rest is asked for by time.
    private const int DefaultLimit = 1000;
    private const int MaxLimit = 10_000;
    private const int MaxTextBytes = 4096;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static void MapQuarantine(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/quarantine", ListAsync).WithTags("ledger")
            .WithSummary("What was refused, with its bytes, reason and receive time; ascending by receive time, by default of the last day")
            .Produces<IReadOnlyList<RejectionAnswer>>().ProducesValidationProblem();

    private static async Task<IResult> ListAsync(
        string? from, string? to, string? reason, int? limit, [FromServices] IFlowHistory history, [FromServices] TimeProvider time, CancellationToken cancellation)
    {
        // The end is exclusive: without `to` what came this very millisecond belongs to the answer.
        var now = time.GetUtcNow().AddMilliseconds(1);
        if (!TimeRange.TryParse(from, to, now, TimeSpan.FromDays(1), out var range, out var problem))
        {
            return problem!;
        }

        if (limit is < 1 or > MaxLimit)
        {
            return Problems.Parameter("limit", $"is not between 1 and {MaxLimit}");
        }

        var found = await history.QuarantineAsync(range.From, range.To, string.IsNullOrEmpty(reason) ? null : reason, limit ?? DefaultLimit, cancellation);
        return TypedResults.Ok(found.Select(Answer).ToList());
    }

    private static RejectionAnswer Answer(RejectedPayload rejected) => new()
    {
        Received = ApiJson.Instant(rejected.ReceivedMs),
        Reason = rejected.Reason,
        Intersection = rejected.Intersection,
        Kind = rejected.Kind,
        Device = rejected.Device,
        Topic = rejected.Topic.Length == 0 ? null : rejected.Topic,
        Payload = Convert.ToBase64String(rejected.Payload.Span),
        Text = Text(rejected.Payload.Span),
    };

    // Text is for reading; a payload that nobody reads whole is in the bytes alone.
    private static string? Text(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaxTextBytes)
        {
            return null;
        }

        try
        {
            return Strict.GetString(payload);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
