using Microsoft.AspNetCore.Mvc;
using TrafficCore.Storage.History;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Host.Api;

/// <summary>What environment sensors and car parks observed.</summary>
internal static class ObservationEndpoints
{
    // Without a range: the last hour, as of minutes of flow.
    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(1);

    public static void MapObservations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/intersections/{id}").WithTags("observations");
        group.MapGet("/environment/{sensor}", EnvironmentAsync).WithSummary("Rain, water level, visibility and temperature as a sensor observed them")
            .Produces<EnvironmentAnswer>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/parking/{parking}", ParkingAsync).WithSummary("Capacity and occupied spaces of a car park")
            .Produces<ParkingAnswer>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Task<IResult> EnvironmentAsync(
        string id, string sensor, string? from, string? to, [AsParameters] ObservationServices services, CancellationToken cancellation)
    {
        var observer = new Observer(ObservationKind.Environment, id, sensor);
        return AnswerAsync(services, observer, from, to, rows => TypedResults.Ok(new EnvironmentAnswer(id, sensor, rows.Select(EnvironmentRow))), cancellation);
    }

    private static Task<IResult> ParkingAsync(
        string id, string parking, string? from, string? to, [AsParameters] ObservationServices services, CancellationToken cancellation)
    {
        var observer = new Observer(ObservationKind.Parking, id, parking);
        return AnswerAsync(services, observer, from, to, rows => TypedResults.Ok(new ParkingAnswer(id, parking, rows.Select(ParkingRow))), cancellation);
    }

    private static async Task<IResult> AnswerAsync(
        ObservationServices services, Observer observer, string? from, string? to, Func<IReadOnlyList<Observation>, IResult> answer, CancellationToken cancellation)
    {
        var (kind, id, device) = observer;
        if (!services.City.HasIntersection(id))
        {
            return Problems.Unknown("id", id);
        }

        if (!services.City.HasDevice(kind, id, device))
        {
            return Problems.Unknown(kind.DeviceTag, device);
        }

        // The end is exclusive: without `to` what came this very millisecond belongs to the answer.
        var now = services.Time.GetUtcNow().AddMilliseconds(1);
        if (!TimeRange.TryParse(from, to, now, DefaultRange, out var range, out var problem))
        {
            return problem!;
        }

        var found = await services.History.ObservationsAsync(new ObservationQuery(kind, id, device, range.From, range.To), cancellation);
        return found.Problem == FlowProblem.None ? answer(found.Rows) : Problems.Parameter("from", Problems.Reason("from", found.Detail));
    }

    private static EnvironmentRowAnswer EnvironmentRow(Observation observation) => new()
    {
        Time = ApiJson.Instant(observation.Timestamp),
        Rain = InContractUnit(observation, 0),
        WaterLevel = InContractUnit(observation, 1),
        Visibility = InContractUnit(observation, 2),
        Temperature = InContractUnit(observation, 3),
    };

    private static ParkingRowAnswer ParkingRow(Observation observation) => new()
    {
        Time = ApiJson.Instant(observation.Timestamp),
        Capacity = observation.Values[0],
        Occupied = observation.Values[1],
    };

    private static double? InContractUnit(Observation observation, int property) =>
        observation.Values[property] is { } value ? observation.Kind.Properties[property].InContractUnit(value) : null;

    private readonly record struct Observer(ObservationKind Kind, string Intersection, string Device);
}

/// <summary>What the observation endpoints share.</summary>
/// <param name="City">What exists.</param>
/// <param name="History">What was observed.</param>
/// <param name="Time">Now, for relative ranges.</param>
internal readonly record struct ObservationServices(
    [FromServices] CityDirectory City, [FromServices] IFlowHistory History, [FromServices] TimeProvider Time);
