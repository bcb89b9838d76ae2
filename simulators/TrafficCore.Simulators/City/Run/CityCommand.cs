using System.CommandLine;
using System.Globalization;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Run;

/// <summary><c>city</c>.</summary>
internal static class CityCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(TextWriter output)
    {
        var arguments = new CityArguments();
        var json = SharedOptions.Json();
        var command = new Command("city", "Lets the sensors, controllers and boards of a city live against any broker.");
        foreach (var option in arguments.All.Append(json))
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellation) => RunAsync(arguments.Read(parsed), parsed.GetValue(json), output, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CityRunOptions options, bool json, TextWriter output, CancellationToken cancellation)
    {
        CityReport report;
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsErrorRedirected;
        using (var progress = new CityProgress(output, TimeProvider.System, isTerminal))
        {
            report = await new CityRunner(options, TimeProvider.System, progress).RunAsync(cancellation);
        }

        await output.WriteLineAsync(json ? JsonLine.Of(report) : options.IsCheck ? "nothing is wrong" : Describe(report));
        return report.Problems.Count > 0 ? ExitCode.Lost : report.Stopped ? ExitCode.Stopped : ExitCode.Done;
    }

    private static string Describe(CityReport report) => string.Join(Environment.NewLine, new[]
    {
        report.Stopped ? "stopped before the end" : null,
        $"{report.CitySeconds} s of {report.Intersections} intersections and {report.Detectors} detectors in {report.Seconds} s; {report.Vehicles} vehicles",
        report.Connections == 0
            ? $"{report.Sent} messages written"
            : $"sent {report.Sent}, acknowledged {Text(report.Acknowledged)}, refused {Text(report.Refused)} ({report.Broken} broken by plan), "
                + $"late {report.Late}, lost {report.Lost}, reconnected {report.Reconnects} times",
        report.Boards == 0 ? null : $"{report.Boards} boards lit up {report.BoardsShown} times and went blank {report.BoardsCleared} times",
        $"CPU {report.CpuSeconds} s, memory {report.PeakMebibytes} MiB",
    }.Concat(report.Problems.Select(static p => "PROBLEM: " + p)).OfType<string>());

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
