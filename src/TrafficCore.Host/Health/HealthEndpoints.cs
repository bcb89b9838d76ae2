using Microsoft.AspNetCore.Http.HttpResults;
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

    private const string Unready = "unready";

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

    /// <summary>What is to be said of the service.</summary>
    internal static HealthAnswer Answer(Readiness readiness) =>
        readiness.Failures is { Count: > 0 } failures ? new HealthAnswer(Unready, failures) : new HealthAnswer("ready", readiness.Warnings);

    private static JsonHttpResult<HealthAnswer> Ready([FromServices] Readiness readiness)
    {
        var answer = Answer(readiness);
        return TypedResults.Json(answer, statusCode: answer.Status == Unready ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}
