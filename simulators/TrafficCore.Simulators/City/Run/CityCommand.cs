using System.CommandLine;
using System.Globalization;
using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Signals;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Run;

/// <summary><c>city</c>.</summary>
internal sealed class CityCommand
{
    private static readonly CityRunOptions Defaults = new();

    private readonly Option<string?> _network = new("--network") { Description = "Road network file [default: a grid is laid out]", HelpName = "file" };
    private readonly Option<int> _intersections = SharedOptions.Whole("--intersections", "Intersections of the grid", Defaults.Grid.Intersections, 1, 20_000);
    private readonly Option<int> _lanes = SharedOptions.Whole("--lanes", "Lanes of each approach of the grid; from 3 on with left-turn lanes and eight phases", Defaults.Grid.Lanes, 1, 6);
    private readonly Option<int> _advance = SharedOptions.Whole("--advance-distance", "Metres from the stop bar to the counting detectors of the grid", Defaults.Grid.AdvanceDistance, 0, 1_000);
    private readonly TextOption<bool> _stopBar = SharedOptions.Choice("--stop-bar-detectors", "Whether each lane of the grid has a second detector at the stop bar", [("yes", true), ("no", false)]);
    private readonly Option<int> _boardEvery = SharedOptions.Whole("--board-every", "A board at every n-th intersection of the grid, 0: none", Defaults.Grid.BoardEvery, 0, 20_000);
    private readonly Option<string?> _networkOut = new("--network-out") { Description = "Write the network file that the service reads", HelpName = "file" };
    private readonly Option<int> _seed = SharedOptions.Whole("--seed", "The same seed gives the same city and the same vehicles", Defaults.City.Seed, 0, int.MaxValue);

    private readonly TextOption<TimeSpan> _interval = SharedOptions.Time("--interval", "Counting interval, where the file gives none", "60s");
    private readonly TextOption<TimeSpan> _day = SharedOptions.Time("--day", "Length of the model's day", "24h");
    private readonly TextOption<TimeOnly> _timeOfDay = new("--start-time-of-day", "Time of day at which the run begins", "07:00", ParseTimeOfDay, "HH:mm");
    private readonly TextOption<DayShape> _profile = SharedOptions.Choice("--profile", "How demand goes through the day", [("weekday", DayShape.Weekday), ("weekend", DayShape.Weekend), ("peaks", DayShape.Peaks)]);
    private readonly Option<int> _demand = SharedOptions.Whole("--demand", "Demand in percent of the usual, which loads signals to 95 % in the rush", 100, 1, 500);
    private readonly TextOption<ArrivalPattern> _arrivals = SharedOptions.Choice("--arrivals", "How entering vehicles are spaced", [("poisson", ArrivalPattern.Poisson), ("platoon", ArrivalPattern.Platoon), ("uniform", ArrivalPattern.Uniform)]);
    private readonly TextOption<ClassMix> _classes = new("--classes", "Shares of vehicle classes, percent", "car=88,bus=4,truck=6,articulated=2", ClassMix.Parse, "mix");
    private readonly TextOption<SignalControl> _signals = SharedOptions.Choice("--signals", "How signals work", [("fixed", SignalControl.Fixed), ("actuated", SignalControl.Actuated)]);
    private readonly TextOption<TimeSpan> _cycle = SharedOptions.Time("--cycle", "Cycle of fixed signals", "90s");
    private readonly TextOption<TimeSpan> _warmUp = new("--warm-up", "How long the streets fill before the run", "5m", static text => text is "0" or "0s" ? TimeSpan.Zero : SharedOptions.ParseTime(text), "time");

    private readonly TextOption<ReportKind> _report = SharedOptions.Choice("--report", "What devices send: readings of detectors, events of controllers, or both", [("readings", ReportKind.Readings), ("events", ReportKind.Events), ("both", ReportKind.Both)]);
    private readonly TextOption<bool> _grouped = SharedOptions.Choice("--messages", "One message for each detector, or for all of an intersection", [("detector", false), ("intersection", true)]);
    private readonly TextOption<bool> _spread = SharedOptions.Choice("--send", "Each device at a moment of its own, or all when the interval ends", [("spread", true), ("aligned", false)]);
    private readonly TextOption<TimeSpan> _eventBatch = SharedOptions.Time("--event-batch", "How often controllers send", "1s");

    private readonly Option<BrokerAddress> _broker = SharedOptions.Broker();
    private readonly Option<string?> _record = new("--record") { Description = "Write the messages to a file instead, as fast as it goes", HelpName = "file" };
    private readonly TextOption<ConnectionSharing> _connections = SharedOptions.Choice(
        "--connections", "How devices share connections", [("shared", ConnectionSharing.Shared), ("per-intersection", ConnectionSharing.PerIntersection), ("per-device", ConnectionSharing.PerDevice)]);
    private readonly Option<int> _qos = SharedOptions.Whole("--qos", "Quality of service, 0 or 1", Defaults.Qos, 0, 1);
    private readonly Option<TimeSpan?> _duration = SharedOptions.MaybeTime("--duration", "How long, in the city's time [default: until Ctrl-C; for a record 1h]");
    private readonly TextOption<double> _speed = new("--speed", "Seconds of the city in a second", "1", ParseSpeed, "N");
    private readonly Option<DateTimeOffset?> _start = new("--start")
    {
        Description = "When the city's time begins, ISO 8601 with offset [default: now; for a record 2026-01-05]",
        CustomParser = SharedOptions.Parsed<DateTimeOffset?>(static text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
            ? start : throw new UsageException($"'{text}' is not a time; write for example 2026-01-05T07:00:00Z.")),
        HelpName = "time",
    };

    private readonly Option<string?> _faults = new("--faults") { Description = "Plan of what goes wrong", HelpName = "file" };
    private readonly Option<string?> _truth = new("--truth") { Description = "Write down what really happened", HelpName = "directory" };
    private readonly TextOption<TimeSpan> _truthWindow = SharedOptions.Time("--truth-window", "Windows of the truth", "60s");
    private readonly Option<int> _threads = SharedOptions.Whole("--threads", "Threads for the traffic", Defaults.Threads, 1, 64);
    private readonly Option<bool> _check = new("--check") { Description = "Check the inputs, and list everything that is wrong" };
    private readonly Option<bool> _json = SharedOptions.Json();

    private CityCommand()
    {
    }

    /// <summary>Builds the command.</summary>
    public static Command Create(TextWriter output)
    {
        var options = new CityCommand();
        var command = new Command("city", "Lets the sensors, controllers and boards of a city live against any broker.");
        Option[] all =
        [
            options._network, options._intersections, options._seed, options._lanes, options._advance, options._stopBar, options._boardEvery, options._networkOut,
            options._interval, options._day, options._timeOfDay, options._profile, options._demand, options._arrivals, options._classes,
            options._signals, options._cycle, options._warmUp, options._report, options._grouped, options._spread, options._eventBatch,
            options._broker, options._record, options._connections, options._qos, options._duration, options._speed, options._start,
            options._faults, options._truth, options._truthWindow, options._threads, options._check, options._json,
        ];
        foreach (var option in all)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellation) => RunAsync(options.Read(parsed), parsed.GetValue(options._json), output, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CityRunOptions options, bool json, TextWriter output, CancellationToken cancellation)
    {
        CityReport report;
        using (var progress = new CityProgress(output, TimeProvider.System, isTerminal: ReferenceEquals(output, Console.Out) && !Console.IsErrorRedirected))
        {
            report = await new CityRunner(options, TimeProvider.System, progress).RunAsync(cancellation);
        }

        await output.WriteLineAsync(json ? JsonLine.Of(report) : options.IsCheck ? $"{report.Intersections} intersections, {report.Detectors} detectors: nothing is wrong" : Describe(report));
        return report.Problems.Count == 0 ? ExitCode.Done : ExitCode.Lost;
    }

    private static string Describe(CityReport report) => string.Join(Environment.NewLine, new[]
    {
        $"{report.CitySeconds} s of {report.Intersections} intersections and {report.Detectors} detectors in {report.Seconds} s; {report.Vehicles} vehicles",
        report.Connections == 0 ? $"{report.Sent} messages written"
            : $"sent {report.Sent}, acknowledged {report.Acknowledged?.ToString(CultureInfo.InvariantCulture) ?? "-"}, refused {report.Refused?.ToString(CultureInfo.InvariantCulture) ?? "-"} ({report.Broken} broken by plan), late {report.Late}, lost {report.Lost}, reconnected {report.Reconnects} times",
        report.Boards == 0 ? null : $"{report.Boards} boards lit up {report.BoardsShown} times and went blank {report.BoardsCleared} times",
        $"CPU {report.CpuSeconds} s, memory {report.PeakMebibytes} MiB",
    }.Concat(report.Problems).OfType<string>());

    private CityRunOptions Read(ParseResult parsed)
    {
        var options = new CityRunOptions
        {
            NetworkFile = parsed.GetValue(_network),
            NetworkOut = parsed.GetValue(_networkOut),
            Grid = new GridOptions
            {
                Seed = parsed.GetValue(_seed),
                Intersections = parsed.GetValue(_intersections),
                Lanes = parsed.GetValue(_lanes),
                AdvanceDistance = parsed.GetValue(_advance),
                StopBarDetectors = _stopBar.Of(parsed),
                Interval = _interval.Of(parsed),
                BoardEvery = parsed.GetValue(_boardEvery),
            },
            City = ReadCity(parsed),
            Reports = new ReportOptions
            {
                Kind = _report.Of(parsed),
                IsGrouped = _grouped.Of(parsed),
                IsSpread = _spread.Of(parsed),
                EventBatch = _eventBatch.Of(parsed),
                TruthWindow = _truthWindow.Of(parsed),
            },
            Broker = parsed.GetRequiredValue(_broker),
            Record = parsed.GetValue(_record),
            Connections = _connections.Of(parsed),
            Qos = parsed.GetValue(_qos),
            Duration = parsed.GetValue(_duration),
            WarmUp = _warmUp.Of(parsed),
            Speed = _speed.Of(parsed),
            Start = parsed.GetValue(_start),
            FaultFile = parsed.GetValue(_faults),
            TruthDirectory = parsed.GetValue(_truth),
            Threads = parsed.GetValue(_threads),
            IsCheck = parsed.GetValue(_check),
        };
        return options.Speed > 1 && options is { Start: null, Duration: null, Record: null }
            ? throw new UsageException("--speed above 1 needs --duration, so that the city's time ends now, or --start.")
            : options;
    }

    private CityOptions ReadCity(ParseResult parsed) => new()
    {
        Seed = parsed.GetValue(_seed),
        Day = new DayProfile((long)_day.Of(parsed).TotalMilliseconds, (long)_timeOfDay.Of(parsed).ToTimeSpan().TotalMilliseconds, _profile.Of(parsed)),
        DemandMilli = parsed.GetValue(_demand) * 10,
        Arrivals = _arrivals.Of(parsed),
        Classes = _classes.Of(parsed),
        Signals = _signals.Of(parsed),
        Cycle = _cycle.Of(parsed),
        Interval = _interval.Of(parsed),
    };

    private static TimeOnly ParseTimeOfDay(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new UsageException($"'{text}' is not a time of day; write for example 07:00.");

    private static double ParseSpeed(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var factor) && factor is >= 0.01 and <= 10_000
            ? factor
            : throw new UsageException($"'{text}' is not a factor from 0.01 to 10000.");
}
