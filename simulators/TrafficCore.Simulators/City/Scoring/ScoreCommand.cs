using System.CommandLine;
using System.Globalization;
using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Scoring;

/// <summary><c>score</c>.</summary>
internal static class ScoreCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(TextWriter output)
    {
        var truth = new Option<string>("--truth") { Description = "Directory that city --truth wrote", Required = true, HelpName = "directory" };
        var http = new TextOption<Uri>("--http", "The service's HTTP address", "http://127.0.0.1:8080", SharedOptions.ParseHttp, "url");
        var intersections = SharedOptions.Whole("--intersections", "Intersections to ask about at most, evenly chosen", 200, 1, 20_000);
        var boards = SharedOptions.Choice("--boards", "Judge boards by what they showed, or by the service's board log, as after a replay", [("shown", BoardSource.Shown), ("log", BoardSource.Log)]);
        var congested = SharedOptions.Choice(
            "--congested", "From which level on a road counts as congested", [("light", CongestionState.Light), ("moderate", CongestionState.Moderate), ("severe", CongestionState.Severe)]);
        var tolerance = SharedOptions.Time("--tolerance", "How far warning and congestion may miss each other", TimeSpan.FromMinutes(2));
        var json = SharedOptions.Json();
        var command = new Command("score", "Compares what a service knows of a city with what really happened.")
        {
            truth, http, intersections, boards, congested, tolerance, json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new ScoreOptions
            {
                Truth = parsed.GetRequiredValue(truth),
                Http = http.Of(parsed),
                Intersections = parsed.GetValue(intersections),
                Boards = boards.Of(parsed),
                Congested = congested.Of(parsed),
                Tolerance = tolerance.Of(parsed),
            },
            parsed.GetValue(json),
            output,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ScoreOptions options, bool json, TextWriter output, CancellationToken cancellation)
    {
        ScoreReport report;
        using (var progress = new ConsoleProgress(TimeProvider.System))
        {
            report = await new ScoreRunner(options, progress).RunAsync(cancellation);
        }

        await output.WriteLineAsync(json ? JsonLine.Of(report) : Describe(report, options));
        return ExitCode.Done;
    }

    private static string Describe(ScoreReport report, ScoreOptions options) => string.Join(Environment.NewLine, new[]
    {
        $"{report.Detectors} detectors of {report.Intersections} intersections",
        Describe("without a fault", report.Healthy),
        Describe("with a fault", report.Faulty),
        report.Boards is { } boards ? Describe(boards, options) : "the run had no boards; --boards log asks the service's board log",
    });

    private static string Describe(string which, VolumeScore score) =>
        $"windows {which}: {score.Answered} of {score.Windows} answered, {score.Exact} exact, {score.AsSent} as sent; "
        + $"mean absolute error {Text(score.MeanAbsoluteError)} vehicles, {Text(score.WeightedErrorPercent)} %, bias {Text(score.BiasPercent)} %";

    private static string Describe(BoardScore score, ScoreOptions options) =>
        $"{score.Boards} boards: {score.Justified} of {score.Warnings} warnings justified (precision {Text(score.Precision)}), "
        + $"{score.Found} of {score.Congestions} congestions found (recall {Text(score.Recall)}), median delay {Text(score.MedianDelaySeconds)} s, "
        + $"at most {score.MostChangesInAnHour} changes of a board in an hour; "
        + $"congested is {CongestionStates.Name(options.Congested)}, tolerance {Text(options.Tolerance.TotalSeconds)} s";

    private static string Text(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "-";
}
