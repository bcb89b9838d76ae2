using System.CommandLine;
using Spectre.Console;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Demo;

/// <summary><c>demo</c>.</summary>
internal static class DemoCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(TextWriter output)
    {
        var defaults = new DemoOptions();
        var directory = new Option<string?>("--data") { Description = "Data directory [default: a temporary one]", HelpName = "directory" };
        var mqttPort = Port("--mqtt-port", 1883);
        var httpPort = Port("--http-port", 8080);
        var duration = new Option<TimeSpan?>("--duration")
        {
            Description = "How long to run [default: until Ctrl-C]",
            CustomParser = SharedOptions.Parsed<TimeSpan?>(static text => SharedOptions.ParseTime(text)),
            HelpName = "time",
        };
        var seed = SharedOptions.Whole("--seed", "The same seed gives the same traffic", defaults.Seed, 0, int.MaxValue);
        var intersections = SharedOptions.Whole("--intersections", "Intersections of the city", defaults.Intersections, 1, 99);
        var truth = new Option<string?>("--truth") { Description = "Write down what really happened, in windows of 10 s", HelpName = "directory" };
        var json = SharedOptions.Json();
        var command = new Command("demo", "Starts the service, a small city of sensors and its boards in one process, and shows them.")
        {
            directory, mqttPort, httpPort, duration, seed, intersections, truth, json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new DemoOptions
            {
                DataDirectory = parsed.GetValue(directory),
                MqttPort = parsed.GetValue(mqttPort),
                HttpPort = parsed.GetValue(httpPort),
                Duration = parsed.GetValue(duration),
                Seed = parsed.GetValue(seed),
                Intersections = parsed.GetValue(intersections),
                TruthDirectory = parsed.GetValue(truth),
                Json = parsed.GetValue(json),
            },
            output,
            cancellation));
        return command;
    }

    private static Option<int?> Port(string name, int usual) => new(name)
    {
        Description = $"Port, 0 for any [default: {usual} when it is free, else any]",
        CustomParser = SharedOptions.Parsed<int?>(static text => SharedOptions.ParseWhole(text, 0, 65_535)),
        HelpName = "N",
    };

    private static async Task<int> RunAsync(DemoOptions options, TextWriter output, CancellationToken cancellation)
    {
        var live = !options.Json && ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;
        var runner = new DemoRunner(options, TimeProvider.System, output, footer => live ? new DemoTable(AnsiConsole.Console, footer) : new DemoLines(output), silent: live);
        var report = await runner.RunAsync(cancellation);
        await output.WriteLineAsync(
            $"stopped after {report.Seconds} s: {report.Sent} readings sent, {report.Acknowledged} acknowledged, {report.Ledger.Stored} stored, unexplained {report.Ledger.Unexplained}; "
            + $"boards warned {report.Warnings} times and cleared {report.Cleared} times");
        if (options.Json)
        {
            await output.WriteLineAsync(JsonLine.Of(report));
        }

        return !report.Balanced ? ExitCode.Lost : report.Stopped ? ExitCode.Stopped : ExitCode.Done;
    }
}
