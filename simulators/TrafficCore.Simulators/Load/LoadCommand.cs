using System.CommandLine;
using System.Globalization;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Load;

/// <summary><c>load</c>.</summary>
internal static class LoadCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(TextWriter output)
    {
        var defaults = new LoadOptions();
        var broker = SharedOptions.Broker();
        var rate = SharedOptions.Whole("--rate", "Readings per second over all connections", defaults.Rate, 1, 10_000_000);
        var connections = SharedOptions.Whole("--connections", "Connections; each is one detector", defaults.Connections, 1, 60_000);
        var duration = new Option<TimeSpan>("--duration")
        {
            Description = "How long to send [default: 10s]",
            CustomParser = SharedOptions.Parsed(SharedOptions.ParseTime),
            DefaultValueFactory = _ => defaults.Duration,
            HelpName = "time",
        };
        var count = new Option<long?>("--count")
        {
            Description = "Readings to send, instead of --duration",
            CustomParser = SharedOptions.Parsed<long?>(static text => SharedOptions.ParseWhole(text, 1, int.MaxValue)),
            HelpName = "N",
        };
        var qos = SharedOptions.Whole("--qos", "Quality of service, 0 or 1", defaults.Qos, 0, 1);
        var http = new Option<Uri?>("--http")
        {
            Description = "The service's HTTP address; checks its ledger at the end",
            CustomParser = SharedOptions.Parsed<Uri?>(SharedOptions.ParseHttp),
            HelpName = "url",
        };
        var prefix = new Option<string>("--prefix") { Description = "First part of intersection names", DefaultValueFactory = _ => defaults.Prefix };
        var json = SharedOptions.Json();
        var command = new Command("load", "Sends readings on a fixed schedule and measures the time from due to acknowledged.")
        {
            broker, rate, connections, duration, count, qos, http, prefix, json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new LoadOptions
            {
                Broker = parsed.GetRequiredValue(broker),
                Rate = parsed.GetValue(rate),
                Connections = parsed.GetValue(connections),
                Duration = parsed.GetValue(duration),
                Count = parsed.GetValue(count),
                Qos = parsed.GetValue(qos),
                Http = parsed.GetValue(http),
                Prefix = parsed.GetRequiredValue(prefix),
            },
            parsed.GetValue(json),
            output,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(LoadOptions options, bool json, TextWriter output, CancellationToken cancellation)
    {
        LoadReport report;
        using (var progress = new ConsoleProgress(TimeProvider.System))
        {
            report = await new LoadRunner(options, TimeProvider.System, progress).RunAsync(cancellation);
        }

        await output.WriteLineAsync(json ? JsonLine.Of(report) : Describe(report));
        return report.Problems.Count == 0 ? ExitCode.Done : ExitCode.Lost;
    }

    private static string Describe(LoadReport report)
    {
        var lines = new List<string>
        {
            $"sent {report.Sent} of {report.Planned} readings over {report.Connections} connections at QoS {report.Qos} in {report.Seconds} s: {report.AchievedRate}/s",
            $"acknowledged {report.Acknowledged}, refused {report.Refused}, connections lost {report.ConnectionsLost}",
        };
        if (report.Latency is { } latency)
        {
            lines.Add("due to acknowledged, ms: " + Describe(latency));
        }

        lines.Add("due to sent, ms:         " + Describe(report.SendDelay));
        if (report.Ledger is { } ledger)
        {
            lines.Add($"ledger: received {ledger.Received}, stored {ledger.Stored}, duplicate {ledger.Duplicate}, late {ledger.Late}, rejected {ledger.Rejected}, unexplained {ledger.Unexplained}");
        }

        lines.AddRange(report.Problems.Select(static p => "PROBLEM: " + p));
        return string.Join(Environment.NewLine, lines);
    }

    private static string Describe(LatencySummary s) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {s.P50:0.0##}  p90 {s.P90:0.0##}  p99 {s.P99:0.0##}  p99.9 {s.P999:0.0##}  max {s.Max:0.0##}");
}
