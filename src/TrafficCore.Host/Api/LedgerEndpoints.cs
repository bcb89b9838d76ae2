using Microsoft.AspNetCore.Mvc;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Ledger;

namespace TrafficCore.Host.Api;

/// <summary><c>GET /api/v1/ledger</c>, of everything and of one device.</summary>
internal static class LedgerEndpoints
{
    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/ledger").WithTags("ledger");
        group.MapGet("", AllAsync).WithSummary("Where everything that was received went")
            .Produces<LedgerAnswer>().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.MapGet("/{intersection}/{kind}/{device}", DeviceAsync).WithSummary("The same for one device")
            .Produces<LedgerAnswer>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    internal static LedgerAnswer Answer(LedgerSnapshot ledger) => new()
    {
        Position = ledger.Position,
        Received = ledger.Received,
        Stored = ledger.Stored,
        Duplicate = ledger.Duplicate,
        Late = ledger.Late,
        Rejected = ledger.Rejected,
        Corrupt = ledger.Corrupt,
        InFlight = ledger.InFlight,
        Unexplained = ledger.Unexplained,
        Sequence = new SequenceAnswer { Missing = ledger.Missing, Filled = ledger.Filled, Restarts = ledger.Restarts },
    };

    private static async Task<IResult> AllAsync([FromServices] TrafficPipeline pipeline, CancellationToken cancellation)
    {
        try
        {
            return TypedResults.Ok(Answer(await pipeline.ReadLedgerAsync(cancellation)));
        }
        catch (PipelineFaultedException error)
        {
            return Problems.Unavailable(error.Message);
        }
    }

    private static async Task<IResult> DeviceAsync(
        string intersection, string kind, string device, [FromServices] TrafficPipeline pipeline, CancellationToken cancellation)
    {
        try
        {
            return await pipeline.ReadLedgerAsync(intersection, kind, device, cancellation) is { } ledger
                ? TypedResults.Ok(Answer(ledger.Ledger))
                : Problems.Unknown("device", $"{intersection}/{kind}/{device}");
        }
        catch (PipelineFaultedException error)
        {
            return Problems.Unavailable(error.Message);
        }
    }
}
