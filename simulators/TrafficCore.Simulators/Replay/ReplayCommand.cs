using System.CommandLine;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Replay;

/// <summary><c>replay FILE --format ...</c>.</summary>
internal static class ReplayCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(TextWriter output)
    {
        var file = new Argument<string>("FILE") { Description = "Recorded data, plain or gzip." };
        var format = new Option<RecordingFormat>("--format")
        {
            Description = "indiana: controller events, a CSV with TimeStamp,DeviceId,EventId,Parameter. readings: messages that city recorded. scats: signal volumes of Victoria. muenster: loop counts of Muenster.",
            CustomParser = SharedOptions.Parsed(ParseFormat),
            Required = true,
            HelpName = string.Join('|', Formats),
        };
        var broker = new BrokerArguments();
        var speed = new Option<double?>("--speed")
        {
            Description = "Recorded seconds per second, or max for as fast as it goes [default: max]",
            CustomParser = SharedOptions.Parsed(ReplayOptions.ParseSpeed),
            HelpName = "N|max",
        };
        var zone = new TextOption<TimeZoneInfo>("--time-zone", "IANA zone of times without an offset", "UTC", ReplayOptions.ParseZone, "zone");
        var qos = SharedOptions.Whole("--qos", "Quality of service, 0 to 2; at 0 nobody says what arrived", 1, 0, 2);
        var json = SharedOptions.Json();
        var command = new Command("replay", "Sends recorded data over MQTT in time order, one connection for each intersection.") { file, format, speed, zone, qos, json };
        foreach (var option in broker.Options)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) => RunAsync(
            new ReplayOptions
            {
                File = parsed.GetRequiredValue(file),
                Format = parsed.GetRequiredValue(format),
                Broker = broker.Read(parsed),
                Speed = parsed.GetValue(speed),
                Zone = zone.Of(parsed),
                QoS = (QualityOfService)parsed.GetValue(qos),
            },
            parsed.GetValue(json),
            output,
            cancellation));
        return command;
    }

    private static IEnumerable<string> Formats => Enum.GetNames<RecordingFormat>().Select(static name => name.ToLowerInvariant());

    private static RecordingFormat ParseFormat(string text) => Formats.Contains(text)
        ? Enum.Parse<RecordingFormat>(text, ignoreCase: true)
        : throw new UsageException($"'{text}' is not a format; write {string.Join(" or ", Formats)}.");

    private static async Task<int> RunAsync(ReplayOptions options, bool json, TextWriter output, CancellationToken cancellation)
    {
        ReplayReport report;
        using (var progress = new ConsoleProgress(TimeProvider.System))
        {
            report = await new ReplayRunner(options, TimeProvider.System, progress).RunAsync(cancellation);
        }

        await output.WriteLineAsync(json ? JsonLine.Of(report) : Describe(report));
        return !report.IsComplete ? ExitCode.Lost : report.Stopped ? ExitCode.Stopped : ExitCode.Done;
    }

    private static string Describe(ReplayReport report) => string.Join(
        Environment.NewLine,
        [
            .. report.Findings,
            .. Counts("not data", report.Skipped),
            .. Counts("sent all the same", report.Noted),
            .. Counts("NOT READABLE, not sent", report.Malformed),
            .. report.Stopped ? [$"stopped before the end: {report.Sent} of {report.Messages} messages sent"] : Array.Empty<string>(),
            $"{report.Readings} readings and {report.Events} events of {report.Intersections} intersections, {report.From:u} to {report.To:u}, in {report.Messages} messages and {report.Seconds} s",
            report.Acknowledged is { } acknowledged
                ? $"acknowledged {acknowledged}, refused {report.Refused}, lost {report.Lost}, reconnected {report.Reconnects} times"
                : $"QoS 0: nobody says what arrived; not handed over {report.Lost}, reconnected {report.Reconnects} times",
            .. report.Problem is null ? Array.Empty<string>() : [report.Problem],
        ]);

    private static IEnumerable<string> Counts(string title, IReadOnlyDictionary<string, long> counts) =>
        counts.Count == 0 ? [] : [$"{title}: {string.Join(", ", counts.Select(static c => $"{c.Key} {c.Value}"))}"];
}
