using Microsoft.AspNetCore.Mvc;
using TrafficCore.Storage.History;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Host.Api;

/// <summary><c>GET /api/v1/city</c> and <c>GET /api/v1/city/index</c>.</summary>
internal static class CityEndpoints
{
    // Without a range: the last 60 windows, as of flow.
    private const int DefaultWindows = 60;

    public static void MapCity(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/city").WithTags("city");
        group.MapGet("", ([FromServices] CityDirectory city, [FromServices] WindowLengthsInUse windows) =>
                TypedResults.Ok(new CityAnswer(city.Network.City, city.Zone.Id, [.. windows.Ms.Select(FlowWindow.Name)])))
            .WithSummary("Name and time zone of the city, and the lengths of its windows");
        group.MapGet("/index", IndexAsync)
            .WithSummary("Congestion index of the city: TPI, travel-time ratio, delay-time proportion, shares of length by level")
            .Produces<CityIndexSeriesAnswer>().ProducesValidationProblem();
    }

    private static async Task<IResult> IndexAsync(
        string? from, string? to, string? window, [AsParameters] CityServices services, CancellationToken cancellation)
    {
        var kept = services.Windows.Ms.Where(ms => ms <= CongestionIndex.MaxWindowMs).ToList();
        if (kept.Count == 0)
        {
            return Problems.Parameter("window", "none is short enough: an index is of at most 15 min, and Windows:Length has longer ones only");
        }

        var asked = string.IsNullOrEmpty(window) ? FlowWindow.Name(kept[^1]) : window;
        if (!FlowWindow.TryParse(asked, services.City.Zone, out var length) || length.IsDay || !kept.Contains(length.LengthMs))
        {
            return Problems.Parameter("window", $"\"{asked}\" is not one of {string.Join(", ", kept.Select(FlowWindow.Name))}");
        }

        if (!TimeRange.TryParse(from, to, services.Time.GetUtcNow(), DefaultWindows * TimeSpan.FromMilliseconds(length.LengthMs), out var range, out var problem))
        {
            return problem!;
        }

        var answer = await services.History.IndexAsync(new CityIndexQuery(length.LengthMs, range.From, range.To), cancellation);
        return answer.Problem == FlowProblem.None
            ? TypedResults.Ok(new CityIndexSeriesAnswer(
                services.City.Network.City, FlowWindow.Name(length.LengthMs), CongestionIndex.Method, answer.Rows.Select(Row)))
            : Problems.Parameter("from", Problems.Reason("from", answer.Detail));
    }

    private static CityIndexRowAnswer Row(CityIndexRow row) => new()
    {
        Start = ApiJson.Instant(row.Start),
        Tpi = row.Tpi,
        Tti = ApiJson.Round(row.Tti)!.Value,
        Dtp = ApiJson.Round(row.Dtp)!.Value,
        Level = row.Index.Level,
        CongestedShare = ApiJson.Round(row.CongestedShare)!.Value,
        Shares = [.. Enumerable.Range(1, LevelLengths.Levels).Select(level => ApiJson.Round(row.Lengths.Share(level))!.Value)],
        Approaches = row.Approaches,
        Coverage = ApiJson.Round(row.Coverage)!.Value,
        NetworkVersion = row.NetworkVersion,
        Revision = row.Revision,
    };
}

/// <summary>What the endpoint needs.</summary>
/// <param name="City">Name and time zone.</param>
/// <param name="History">The index.</param>
/// <param name="Windows">Stored lengths.</param>
/// <param name="Time">Now, for relative ranges.</param>
internal readonly record struct CityServices(
    [FromServices] CityDirectory City,
    [FromServices] ICityHistory History,
    [FromServices] WindowLengthsInUse Windows,
    [FromServices] TimeProvider Time);
