using Microsoft.AspNetCore.Mvc;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.History;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Host.Api;

/// <summary><c>GET /api/v1/intersections/{id}</c>: its approaches and detectors, and the latest window whole.</summary>
internal static class IntersectionEndpoint
{
    public static void MapIntersection(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/intersections/{id}", Answer).WithTags("flow")
        .WithSummary("One intersection: its approaches and detectors, each with its row of the latest published window")
        .Produces<IntersectionDetailAnswer>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    private static IResult Answer(
        string id, string? window, [FromServices] CityDirectory city, [FromServices] WindowLengthsInUse windows, [FromServices] TrafficPipeline pipeline)
    {
        if (!city.HasIntersection(id))
        {
            return Problems.Unknown("id", id);
        }

        if (!windows.TryParse(window, city.Zone, out var lengthMs))
        {
            return windows.Unknown(window!);
        }

        var latest = pipeline.Latest.TryFind(id, lengthMs, out var found) ? found : null;
        return TypedResults.Ok(Detail(city, id, lengthMs, latest));
    }

    private static IntersectionDetailAnswer Detail(CityDirectory city, string id, long lengthMs, LatestWindow? latest)
    {
        var named = city.Named(id);
        var rows = (latest?.ReadRows() ?? []).ToLookup(static row => row.Level);
        var detectors = rows[FlowLevel.Detector].ToDictionary(static row => row.Id, FlowEndpoints.Row, StringComparer.Ordinal);
        var approaches = rows[FlowLevel.Approach].ToDictionary(static row => row.Id, FlowEndpoints.Row, StringComparer.Ordinal);
        return new IntersectionDetailAnswer
        {
            Id = id,
            Name = named?.Name,
            Lon = named?.Lon,
            Lat = named?.Lat,
            Learnt = named is null,
            Window = FlowWindow.Name(lengthMs),
            Row = rows[FlowLevel.Intersection].FirstOrDefault() is { } row ? FlowEndpoints.Row(row) : null,
            Approaches = named is null
                ? [new ApproachAnswer(CityDirectory.LearntApproach, null, null, approaches.GetValueOrDefault(CityDirectory.LearntApproach))]
                : [.. named.Approaches.Select(a => new ApproachAnswer(a.Id, a.Bearing, a.FreeFlowSpeed, approaches.GetValueOrDefault(a.Id)))],
            Detectors =
            [
                .. (named?.Detectors ?? []).Select(d => Detector(d, detectors.GetValueOrDefault(d.Id))),
                .. detectors.Where(row => named?.FindDetector(row.Key) is null).Select(row => new DetectorAnswer(row.Key, null, null, [], row.Value)),
            ],
        };
    }

    private static DetectorAnswer Detector(Detector detector, FlowRowAnswer? row) => new(
        detector.Id, detector.Approach.Id, detector.Lane, [.. DetectorFunctionNames.All.Where(name => detector.Functions.HasFlag(DetectorFunctionNames.Parse(name)))], row);
}
