using System.CommandLine;
using System.Globalization;
using TrafficCore.Host.Api;
using TrafficCore.Host.Composition;
using TrafficCore.Storage.History;
using TrafficCore.Storage.Sqlite;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore free-flow</c>: what the free-flow speeds of the network file would be by what was measured. It changes nothing.</summary>
internal static class FreeFlowCommand
{
    // Twice what the standard needs: days on which a quarter of an hour had no vehicle do not count.
    private const string DefaultFrom = "-60d";

    public static Command Create(CliContext context)
    {
        var from = new Option<string>("--from") { Description = "First instant: ISO 8601 with offset, or -60d (default)" };
        var limit = new Option<double?>("--limit") { Description = "Speed limit in km/h, which no estimate exceeds; default: none" };
        var command = new Command("free-flow", "Estimates free-flow speeds by GB/T 33171-2016 from the stored history, as CSV; the service may run") { from, limit };
        command.SetAction((parsed, cancellation) => RunAsync(context, parsed.GetValue(from) ?? DefaultFrom, parsed.GetValue(limit), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string from, double? limit, CancellationToken cancellation)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (context.ReadCheckedSettings() is not { } settings)
        {
            return ExitCodes.Usage;
        }

        if (settings.Network.File.Length == 0)
        {
            context.Error.WriteLine("Network:File: is needed, it names the approaches");
            return ExitCodes.Usage;
        }

        if (!TimeRange.TryParseInstant(from, now, out var start))
        {
            context.Error.WriteLine($"--from: \"{from}\" is neither ISO 8601 with an offset nor relative (-60d)");
            return ExitCodes.Usage;
        }

        try
        {
            var network = RoadNetworkParser.Parse(await File.ReadAllBytesAsync(settings.Network.File, cancellation), Door.IsTimeZone).Network ?? RoadNetwork.Empty;
            using var history = ServiceRooms.OpenHistory(settings, TimeProvider.System, onDamaged: null);
            var range = new TimeRange(start.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
            await WriteAsync(context.Output, history, network, range, limit is { } kmh ? (int)Math.Round(kmh * 100) : null, cancellation);
            return ExitCodes.Done;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteStoreException or InvalidOperationException)
        {
            context.Error.WriteLine($"trafficcore: {error.Message}");
            return ExitCodes.Failed;
        }
    }

    private static async Task WriteAsync(TextWriter target, SqliteHistory history, RoadNetwork network, TimeRange range, int? limit, CancellationToken cancellation)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(network.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        await target.WriteLineAsync("intersection,approach,configured,estimated,days");
        foreach (var (site, approach) in network.Intersections.SelectMany(site => site.Approaches.Select(approach => (site, approach))))
        {
            var query = new FlowQuery(FlowLevel.Approach, site.Id, approach.Id, new FlowWindow(FreeFlowSpeed.WindowMs), range.From, range.To);
            var answer = history.Rows(query, cancellation);
            if (answer.Problem != FlowProblem.None)
            {
                throw new InvalidOperationException(answer.Detail);
            }

            var speed = new FreeFlowSpeed(zone);
            await foreach (var row in answer.Rows.WithCancellation(cancellation))
            {
                speed.Add(row);
            }

            await target.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{site.Id},{approach.Id},{approach.FreeFlowSpeed},{speed.Centi(limit) / 100.0},{speed.Days}"));
        }
    }
}
