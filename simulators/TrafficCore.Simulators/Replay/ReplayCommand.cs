using System.CommandLine;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Replay;

/// <summary><c>replay FILE --format indiana</c>.</summary>
internal static class ReplayCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(TextWriter output)
    {
        var file = new Argument<string>("FILE") { Description = "Recorded data, plain or gzip." };
        var format = new Option<string>("--format")
        {
            Description = "indiana: high-resolution controller events, a CSV with TimeStamp,DeviceId,EventId,Parameter.",
            Required = true,
        };
        format.AcceptOnlyFromAmong("indiana");
        var broker = SharedOptions.Broker();
        var speed = new Option<double?>("--speed")
        {
            Description = "Recorded seconds per second, or max for as fast as it goes [default: max]",
            CustomParser = SharedOptions.Parsed(ReplayOptions.ParseSpeed),
            HelpName = "N|max",
        };
        var zone = new Option<TimeZoneInfo>("--time-zone")
        {
            Description = "IANA zone of times without an offset [default: UTC]",
            CustomParser = SharedOptions.Parsed(ReplayOptions.ParseZone),
            DefaultValueFactory = static _ => TimeZoneInfo.Utc,
            HelpName = "zone",
        };
        var json = SharedOptions.Json();
        var command = new Command("replay", "Sends recorded data over MQTT in time order, one connection for each intersection.")
        {
            file, format, broker, speed, zone, json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new ReplayOptions
            {
                File = parsed.GetRequiredValue(file),
                Broker = parsed.GetRequiredValue(broker),
                Speed = parsed.GetValue(speed),
                Zone = parsed.GetRequiredValue(zone),
            },
            parsed.GetValue(json),
            output,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ReplayOptions options, bool json, TextWriter output, CancellationToken cancellation)
    {
        ReplayReport report;
        using (var progress = new ConsoleProgress(TimeProvider.System))
        {
            report = await new ReplayRunner(options, TimeProvider.System, progress).RunAsync(cancellation);
        }

        await output.WriteLineAsync(json ? JsonLine.Of(report) : Describe(report));
        return report.Lost + report.Refused == 0 ? ExitCode.Done : ExitCode.Lost;
    }

    private static string Describe(ReplayReport report) => string.Join(
        Environment.NewLine,
        new[]
        {
            $"{report.Events} events of {report.Controllers} controllers, {report.From:u} to {report.To:u}, in {report.Messages} messages and {report.Seconds} s",
            $"acknowledged {report.Acknowledged}, refused {report.Refused}, lost {report.Lost}, reconnected {report.Reconnects} times",
            report.Problem,
        }.OfType<string>());
}
