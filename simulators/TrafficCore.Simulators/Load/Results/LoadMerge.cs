using System.Text.Json;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Load;

/// <summary>Adds up the reports of generators that ran side by side: counts and rates are summed, and quantiles are read from the summed histograms.</summary>
internal static class LoadMerge
{
    /// <summary>The sum of reports in files.</summary>
    /// <exception cref="UsageException">A file has no report as its last line, or the reports do not belong together.</exception>
    public static LoadReport Of(IReadOnlyList<string> files) => Of([.. files.Select(static file => (file, Read(file)))]);

    /// <summary>The sum of reports with their names.</summary>
    /// <exception cref="UsageException">The reports do not belong together.</exception>
    public static LoadReport Of(IReadOnlyList<(string Name, LoadReport Report)> parts)
    {
        var reports = parts.Select(static p => p.Report).ToList();
        if (reports.Select(static r => r.Qos).Distinct().Count() > 1)
        {
            throw new UsageException("The runs had different qualities of service.");
        }

        var (latency, delay, reconnecting) = (
            Sum(parts, static r => r.LatencyHistogram), Sum(parts, static r => r.SendDelayHistogram), Sum(parts, static r => r.ReconnectingHistogram));
        return new LoadReport
        {
            Generators = reports.Sum(static r => r.Generators),
            Rate = reports.Sum(static r => r.Rate),
            Connections = reports.Sum(static r => r.Connections),
            Qos = reports[0].Qos,
            Seconds = reports.Max(static r => r.Seconds),
            Planned = reports.Sum(static r => r.Planned),
            Sent = reports.Sum(static r => r.Sent),
            Items = reports.Sum(static r => r.Items),
            Repeats = reports.Sum(static r => r.Repeats),
            Resent = reports.Sum(static r => r.Resent),
            Acknowledged = reports.Sum(static r => r.Acknowledged),
            Refused = reports.Sum(static r => r.Refused),
            ConnectionsLost = reports.Sum(static r => r.ConnectionsLost),
            Reconnects = reports.Sum(static r => r.Reconnects),
            ConnectFailures = reports.Sum(static r => r.ConnectFailures),
            Errors = new SortedDictionary<string, long>(
                reports.SelectMany(static r => r.Errors).GroupBy(static e => e.Key).ToDictionary(static g => g.Key, static g => g.Sum(static e => e.Value)), StringComparer.Ordinal),
            AchievedRate = Math.Round(reports.Sum(static r => r.AchievedRate), 1),
            ItemRate = Math.Round(reports.Sum(static r => r.ItemRate), 1),
            Latency = LatencySummary.Of(latency),
            SendDelay = LatencySummary.Of(delay),
            Reconnecting = LatencySummary.Of(reconnecting),
            Windows = Windows(reports),
            Stopped = reports.Exists(static r => r.Stopped),
            Problems = [.. parts.SelectMany(static p => p.Report.Problems.Select(problem => $"{p.Name}: {problem}"))],
            LatencyHistogram = latency.ToCounts(),
            SendDelayHistogram = delay.ToCounts(),
            ReconnectingHistogram = reconnecting.ToCounts(),
        };
    }

    private static LatencyHistogram Sum(IEnumerable<(string Name, LoadReport Report)> parts, Func<LoadReport, HistogramCounts?> part)
    {
        var sum = new LatencyHistogram();
        foreach (var (name, report) in parts)
        {
            if (part(report) is { } counts && !sum.TryMerge(counts))
            {
                throw new UsageException($"{name}: its histogram has other buckets; it was made by another version.");
            }
        }

        return sum;
    }

    /// <summary>Generators have intersections of their own, so their vehicles add up; only when all of them looked.</summary>
    private static WindowVolume? Windows(IReadOnlyList<LoadReport> reports) => reports.All(static r => r.Windows is not null)
        ? new WindowVolume(reports.Sum(static r => r.Windows!.Expected), reports.Sum(static r => r.Windows!.Found))
        : null;

    private static LoadReport Read(string file)
    {
        try
        {
            var last = File.ReadLines(file).LastOrDefault(static line => line.StartsWith('{'));
            return last is null ? throw new UsageException($"{file}: no report in it.") : JsonLine.Read<LoadReport>(last);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UsageException($"{file}: {e.Message}", e);
        }
    }
}
