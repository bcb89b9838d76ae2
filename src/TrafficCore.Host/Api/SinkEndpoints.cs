using Microsoft.AspNetCore.Mvc;
using TrafficCore.Host.Delivery;

namespace TrafficCore.Host.Api;

/// <summary><c>GET /api/v1/sinks</c>: how far each database is behind.</summary>
internal static class SinkEndpoints
{
    public static void MapSinks(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/sinks", ([FromServices] SinkSet sinks) => TypedResults.Ok<IReadOnlyList<SinkAnswer>>([.. sinks.Bounded.Select(Answer)]))
            .WithTags("health").WithSummary("How far each database is behind, and why");

    private static SinkAnswer Answer(BoundedSink bounded)
    {
        var (sink, maxBacklog, _) = bounded;
        var lag = sink.Lag;
        return new SinkAnswer
        {
            Name = sink.Name,
            Position = sink.Cursor,
            LagRecords = lag.Records,
            LagSeconds = Math.Round(lag.Seconds, 3),
            LagBytes = lag.Bytes,
            MaxBacklog = maxBacklog,
            Trouble = sink.Trouble,
            SkippedBytes = sink.SkippedBytes,
            RefilledRows = sink.RefilledRows,
        };
    }
}

/// <summary>A database and how far it is behind.</summary>
public sealed record SinkAnswer
{
    /// <summary><c>sqlite</c> or <c>influx</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Everything below this position of the output log is delivered.</summary>
    public required long Position { get; init; }

    /// <summary>Records of the output that are not delivered. An estimate until everything was delivered once since the start of the service.</summary>
    public required long LagRecords { get; init; }

    /// <summary>Seconds since the oldest record that is not delivered came in; 0 when there is none.</summary>
    public required double LagSeconds { get; init; }

    /// <summary>The same in bytes.</summary>
    public required long LagBytes { get; init; }

    /// <summary>Bytes beyond which the log may let go of what is not delivered.</summary>
    public required long MaxBacklog { get; init; }

    /// <summary>What is wrong at the moment; absent while delivery works.</summary>
    public string? Trouble { get; init; }

    /// <summary>Bytes of output that it could not read any more, since the start of the service.</summary>
    public required long SkippedBytes { get; init; }

    /// <summary>Rows that were sent again from the embedded store to make up for that, since the start of the service.</summary>
    public required long RefilledRows { get; init; }
}
