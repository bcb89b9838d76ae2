using Microsoft.AspNetCore.Mvc;
using TrafficCore.Host.Api;
using TrafficCore.Host.Security.Http;
using TrafficCore.Host.Telemetry;

namespace TrafficCore.Host.Health;

/// <summary><c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c>.</summary>
internal static class HealthEndpoints
{
    // Load balancers ask with HEAD as well.
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health/live", Methods, () => TypedResults.Ok(new HealthAnswer("live", [])))
            .WithTags("health").WithSummary("The process answers").AllowAnonymous();
        routes.MapMethods("/health/ready", Methods, Ready).WithTags("health").AllowAnonymous()
            .WithSummary("Devices are acknowledged and delivery keeps up; else 503 with the reasons")
            .Produces<HealthAnswer>().Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/metrics", ([FromServices] PrometheusExporter metrics) => TypedResults.Text(metrics.Write(), PrometheusExporter.ContentType))
            .RequireAuthorization(HttpRoles.Metrics).WithTags("health").WithSummary("Metrics as Prometheus text");
    }

    private static IResult Ready([FromServices] Readiness readiness) => readiness.Failures is { Count: > 0 } failures
        ? TypedResults.Json(new HealthAnswer("unready", failures), statusCode: StatusCodes.Status503ServiceUnavailable)
        : TypedResults.Ok(new HealthAnswer("ready", readiness.Warnings));
}
