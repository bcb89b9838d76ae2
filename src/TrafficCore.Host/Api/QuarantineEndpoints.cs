using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using TrafficCore.Pipeline.Ingest;
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
            .WithDescription("At most `limit` payloads and 8 MiB. When there is more, the answer carries a `Link` header with `rel=\"next\"`: the address of what follows.")
            .Produces<IReadOnlyList<RejectionAnswer>>().ProducesValidationProblem();

    private static async Task<IResult> ListAsync(
        string? from, string? to, string? reason, int? limit, string? after,
        HttpContext http, [FromServices] IFlowHistory history, [FromServices] TimeProvider time, CancellationToken cancellation)
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

        if (reason is not null && !RejectionReasons.All.Contains(reason))
        {
            return Problems.Parameter("reason", $"\"{reason}\" is not one of {string.Join(", ", RejectionReasons.All)}");
        }

        var place = QuarantinePlace.Before(range.From);
        if (after is not null && !TryParsePlace(after, out place))
        {
            return Problems.Parameter("after", $"\"{after}\" is not a place from a Link header");
        }

        var page = await history.QuarantineAsync(new QuarantineQuery(place, range.To, reason, limit ?? DefaultLimit), cancellation);
        if (page.Next is { } next)
        {
            http.Response.Headers.Link = NextLink(http.Request, range, reason, limit ?? DefaultLimit, next);
        }

        return TypedResults.Ok(page.Rejected.Select(p => Answer(p.Rejected)));
    }

    // RFC 8288. The range is written out: "-1d" would be another one at the next question.
    private static string NextLink(HttpRequest request, TimeRange range, string? reason, int limit, QuarantinePlace next)
    {
        var query = (reason is null ? QueryString.Empty : QueryString.Create("reason", reason))
            .Add("limit", limit.ToString(CultureInfo.InvariantCulture))
            .Add("from", ApiJson.Text(ApiJson.Instant(range.From)))
            .Add("to", ApiJson.Text(ApiJson.Instant(range.To)))
            .Add("after", string.Create(CultureInfo.InvariantCulture, $"{next.ReceivedMs}-{next.Position}"));
        return $"<{request.PathBase}{request.Path}{query}>; rel=\"next\"";
    }

    private static bool TryParsePlace(string text, out QuarantinePlace place)
    {
        place = default;
        if (text.Split('-') is not [var received, var position]
            || !long.TryParse(received, NumberStyles.None, CultureInfo.InvariantCulture, out var receivedMs)
            || !long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var at))
        {
            return false;
        }

        place = new QuarantinePlace(receivedMs, at);
        return true;
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
