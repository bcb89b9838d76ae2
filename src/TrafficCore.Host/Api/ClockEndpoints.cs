using Microsoft.AspNetCore.Mvc;
using TrafficCore.Host.Ingress;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Host.Api;

/// <summary><c>GET /api/v1/clocks</c>: how far devices' clocks are off.</summary>
internal static class ClockEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 10_000;

    public static void MapClocks(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/clocks", Clocks).WithTags("health")
            .WithSummary("The devices whose clocks are off the most, estimated since the start of the service").Produces<ClocksAnswer>().ProducesValidationProblem();

    private static IResult Clocks(int? limit, [FromServices] MqttIngress door, [FromServices] TrafficPipeline pipeline)
    {
        if (limit is < 1 or > MaxLimit)
        {
            return Problems.Parameter("limit", $"is not between 1 and {MaxLimit}");
        }

        var (worst, known) = door.Skew.Worst(limit ?? DefaultLimit);
        return TypedResults.Ok(new ClocksAnswer(door.Guard.IsAlarmed, known, door.Skew.Alarms, [.. worst.Select(c => Answer(c, pipeline.Devices[c.Device]!))]));
    }

    private static DeviceClockAnswer Answer(ClockEstimate clock, DeviceEntry device) =>
        new(device.Intersection, DeviceKinds.Name(device.Kind), device.Device, clock.SkewMs / 1000.0, clock.IsAlarmed);
}

/// <summary>Clocks of the service and of its devices.</summary>
/// <param name="ServiceAlarm">True while the service distrusts its own clock and rejects nothing for its time.</param>
/// <param name="Estimated">Devices that have an estimate.</param>
/// <param name="Alarms">Devices whose clock is off by more than <c>Ingest:MaxSkew</c>.</param>
/// <param name="Devices">Those that are off the most, worst first.</param>
public sealed record ClocksAnswer(bool ServiceAlarm, int Estimated, int Alarms, IReadOnlyList<DeviceClockAnswer> Devices);

/// <summary>The clock of a device.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Kind">Kind, e.g. <c>detector</c>.</param>
/// <param name="Device">Device id.</param>
/// <param name="SkewSeconds">Seconds that it is behind the service, the shortest way to it included; negative when it is ahead.</param>
/// <param name="Alarm">Off by more than <c>Ingest:MaxSkew</c>, and not by less than half of it since.</param>
public sealed record DeviceClockAnswer(string Intersection, string Kind, string Device, double SkewSeconds, bool Alarm);
