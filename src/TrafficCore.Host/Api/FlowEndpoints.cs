using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;
using TrafficCore.Storage.History;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Host.Api;

/// <summary><c>GET /api/v1/intersections</c> and the flow of intersections, approaches and detectors.</summary>
internal static class FlowEndpoints
{
    // Without a range: the last 60 windows, an hour of minutes.
    private const int DefaultWindows = 60;

    // The latest window of an intersection is looked for this far back from the newest row of all.
    private static readonly TimeSpan LookBack = TimeSpan.FromHours(1);

    public static void MapFlow(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/intersections").WithTags("flow");
        group.MapGet("", ListAsync).WithSummary("Every intersection with position, latest window and level of service")
            .Produces<IReadOnlyList<IntersectionAnswer>>();
        MapSeries(group, "/{id}/flow", Intersection, "Flow of an intersection");
        MapSeries(group, "/{id}/approaches/{approach}/flow", Approach, "Flow of an approach");
        MapSeries(group, "/{id}/detectors/{detector}/flow", Detector, "Flow of a detector, with its health");
    }

    private static void MapSeries(RouteGroupBuilder group, string pattern, Delegate handler, string summary) =>
        group.MapGet(pattern, handler).WithSummary(summary)
            .Produces<FlowSeriesAnswer>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> ListAsync(
        [FromServices] CityDirectory city, [FromServices] IFlowHistory history, [FromServices] WindowLengthsInUse windows, CancellationToken cancellation)
    {
        var latest = (await history.LatestOfAllAsync(windows.ShortestMs, LookBack, cancellation)).ToDictionary(r => r.Intersection, StringComparer.Ordinal);
        return TypedResults.Ok(city.Intersections.Select(id => Answer(city, id, latest.GetValueOrDefault(id))).ToList());
    }

    internal static IntersectionAnswer Answer(CityDirectory city, string id, FlowRow? latest)
    {
        var named = city.Named(id);
        return new IntersectionAnswer
        {
            Id = id,
            Name = named?.Name,
            Lon = named?.Lon,
            Lat = named?.Lat,
            Learnt = named is null,
            LevelOfService = latest?.LevelOfService,
            Level = latest?.ServiceLevel,
            LosMethod = latest?.LevelMethod,
            SpeedRatio = ApiJson.Round(latest?.SpeedRatio),
            Latest = latest is null ? null : new LatestAnswer(FlowWindow.Name(latest.Length), Row(latest)),
            Approaches = named is null ? [CityDirectory.LearntApproach] : [.. named.Approaches.Select(a => a.Id)],
        };
    }

    private static IResult Intersection(
        string id, string? from, string? to, string? window, [AsParameters] FlowServices services, CancellationToken cancellation) =>
        !services.City.HasIntersection(id)
            ? Problems.Unknown("id", id)
            : Answer(services, new Series(FlowLevel.Intersection, id, id), from, to, window, cancellation);

    private static IResult Approach(
        string id, string approach, string? from, string? to, string? window, [AsParameters] FlowServices services, CancellationToken cancellation) =>
        !services.City.HasIntersection(id) ? Problems.Unknown("id", id)
        : !services.City.HasApproach(id, approach) ? Problems.Unknown("approach", approach)
        : Answer(services, new Series(FlowLevel.Approach, id, approach), from, to, window, cancellation);

    private static IResult Detector(
        string id, string detector, string? from, string? to, string? window, [AsParameters] FlowServices services, CancellationToken cancellation) =>
        !services.City.HasIntersection(id) ? Problems.Unknown("id", id)
        : !services.City.HasDetector(id, detector) ? Problems.Unknown("detector", detector)
        : Answer(services, new Series(FlowLevel.Detector, id, detector), from, to, window, cancellation);

    private static IResult Answer(
        FlowServices services, Series series, string? from, string? to, string? window, CancellationToken cancellation)
    {
        var asked = window ?? FlowWindow.Name(services.Windows.ShortestMs);
        if (!FlowWindow.TryParse(asked, services.City.Zone, out var length))
        {
            return Problems.Parameter("window", $"\"{asked}\" is neither a length such as 60s, 15m or 1h, up to 400d, nor \"day\"");
        }

        var fallback = DefaultWindows * (length.IsDay ? TimeSpan.FromDays(1) : TimeSpan.FromMilliseconds(length.LengthMs));
        if (!TimeRange.TryParse(from, to, services.Time.GetUtcNow(), fallback, out var range, out var problem))
        {
            return problem!;
        }

        var answer = services.History.Rows(new FlowQuery(series.Level, series.Intersection, series.Id, length, range.From, range.To), cancellation);
        return answer.Problem switch
        {
            FlowProblem.None => TypedResults.Ok(new FlowSeriesAnswer
            {
                Intersection = series.Intersection,
                Approach = series.Level == FlowLevel.Approach ? series.Id : null,
                Detector = series.Level == FlowLevel.Detector ? series.Id : null,
                Window = length.IsDay ? "day" : FlowWindow.Name(length.LengthMs),
                Rows = RowsAsync(answer.Rows, cancellation),
            }),
            FlowProblem.WindowNotStored => Problems.Parameter("window", Problems.Reason("window", answer.Detail)),
            _ => Problems.Parameter("from", Problems.Reason("from", answer.Detail)),
        };
    }

    private static async IAsyncEnumerable<FlowRowAnswer> RowsAsync(IAsyncEnumerable<FlowRow> rows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in rows.WithCancellation(cancellation))
        {
            yield return Row(row);
        }
    }

    internal static FlowRowAnswer Row(FlowRow row) => new()
    {
        Start = ApiJson.Instant(row.Start),
        Volume = row.Volume,
        FlowRate = ApiJson.Round(row.FlowRate),
        Occupancy = ApiJson.Round(row.Occupancy),
        Speed = ApiJson.Round(row.Speed),
        Classes = row.Classes.Count == 0 ? null : row.Classes.ToDictionary(c => c.Name, c => c.Volume, StringComparer.Ordinal),
        Pcu = ApiJson.Round(row.Pcu),
        LevelOfService = row.LevelOfService,
        Level = row.ServiceLevel,
        LosMethod = row.LevelMethod,
        SpeedRatio = ApiJson.Round(row.SpeedRatio),
        Coverage = ApiJson.Round(row.Coverage),
        Readings = row.Readings,
        Expected = row.Expected,
        Health = HealthName(row.Health),
        Revision = row.Revision,
    };

    internal static string? HealthName(RowHealth health) => health switch
    {
        RowHealth.Ok => "ok",
        RowHealth.Silent => "silent",
        RowHealth.StuckOn => "stuck-on",
        RowHealth.Chatter => "chatter",
        RowHealth.Inconsistent => "inconsistent",
        _ => null,
    };

    private readonly record struct Series(FlowLevel Level, string Intersection, string Id);
}

/// <summary>What the flow endpoints share.</summary>
/// <param name="City">What exists.</param>
/// <param name="History">Its rows.</param>
/// <param name="Windows">Stored lengths.</param>
/// <param name="Time">Now, for relative ranges.</param>
internal readonly record struct FlowServices(
    [FromServices] CityDirectory City,
    [FromServices] IFlowHistory History,
    [FromServices] WindowLengthsInUse Windows,
    [FromServices] TimeProvider Time);

/// <summary>The configured window lengths.</summary>
/// <param name="Ms">All of them, ms, ascending.</param>
internal sealed record WindowLengthsInUse(IReadOnlyList<long> Ms)
{
    /// <summary>The shortest, ms: what "latest" and a question without a window mean.</summary>
    public long ShortestMs => Ms[0];

    /// <summary>Reads the name of a stored length; none is the shortest.</summary>
    public bool TryParse(string? window, TimeZoneInfo zone, out long lengthMs)
    {
        var length = default(FlowWindow);
        var isStored = window is null || (FlowWindow.TryParse(window, zone, out length) && !length.IsDay && Ms.Contains(length.LengthMs));
        lengthMs = window is null ? ShortestMs : length.LengthMs;
        return isStored;
    }

    /// <summary>400: it is none.</summary>
    public IResult Unknown(string window) => Problems.Parameter("window", $"\"{window}\" is not one of {string.Join(", ", Ms.Select(FlowWindow.Name))}");
}
