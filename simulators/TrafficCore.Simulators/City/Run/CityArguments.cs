using System.CommandLine;
using System.Globalization;
using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Signals;
using TrafficCore.Simulators.Cli;
using static TrafficCore.Simulators.Cli.SharedOptions;

namespace TrafficCore.Simulators.City.Run;

/// <summary>The options of <c>city</c>, and what they make together.</summary>
internal sealed class CityArguments
{
    private static readonly CityRunOptions Defaults = new();

    // Which city.
    private readonly Option<string?> _network = new("--network") { Description = "Road network file [default: a grid is laid out]", HelpName = "file" };
    private readonly Option<int> _intersections = Whole("--intersections", "Intersections of the grid", Defaults.Grid.Intersections, 1, 20_000);
    private readonly Option<int> _seed = Whole("--seed", "The same seed gives the same city and the same vehicles", Defaults.City.Seed, 0, int.MaxValue);
    private readonly Option<int> _lanes = Whole("--lanes", "Lanes of each approach of the grid; from 3 on with left-turn phases", Defaults.Grid.Lanes, 1, 6);
    private readonly Option<int> _advance = Whole("--advance-distance", "Metres from the stop bar to the grid's counting detectors, half of it in left-turn lanes", Defaults.Grid.AdvanceDistance, 0, 1_000);
    private readonly TextOption<bool> _stopBar = Choice("--stop-bar-detectors", "A second detector in each lane of the grid, at the stop bar", [("yes", true), ("no", false)]);
    private readonly TextOption<bool> _links = Choice("--links", "Streets between the intersections of the grid; without, each has its own traffic", [("yes", true), ("no", false)]);
    private readonly Option<int> _boardEvery = Whole("--board-every", "A board at every n-th intersection of the grid, 0: none", Defaults.Grid.BoardEvery, 0, 20_000);
    private readonly Option<string?> _networkOut = new("--network-out") { Description = "Write the network file that the service reads", HelpName = "file" };

    // What happens in it.
    private readonly TextOption<TimeSpan> _interval = Time("--interval", "Counting interval, where the file gives none", TimeSpan.FromSeconds(60));
    private readonly TextOption<TimeSpan> _day = Time("--day", "Length of the model's day", TimeSpan.FromHours(24));
    private readonly TextOption<TimeOnly> _timeOfDay = new("--start-time-of-day", "Time of day at which the run begins", "07:00", ParseTimeOfDay, "HH:mm");
    private readonly TextOption<DayShape> _profile = Choice(
        "--profile", "How demand goes through the day", [("weekday", DayShape.Weekday), ("weekend", DayShape.Weekend), ("peaks", DayShape.Peaks)]);

    private readonly Option<int> _demand = Whole("--demand", "Demand in percent of the usual, which loads signals to 95 % in the rush", 100, 1, 500);
    private readonly TextOption<ArrivalPattern> _arrivals = Choice(
        "--arrivals", "How entering vehicles are spaced", [("poisson", ArrivalPattern.Poisson), ("platoon", ArrivalPattern.Platoon), ("uniform", ArrivalPattern.Uniform)]);

    private readonly TextOption<ClassMix> _classes = new("--classes", "Shares of vehicle classes, percent", "car=88,bus=4,truck=6,articulated=2", ClassMix.Parse, "mix");
    private readonly TextOption<SignalControl> _signals = Choice("--signals", "How signals work", [("fixed", SignalControl.Fixed), ("actuated", SignalControl.Actuated)]);
    private readonly TextOption<TimeSpan> _cycle = Time("--cycle", "Cycle of fixed signals", TimeSpan.FromSeconds(90));
    private readonly TextOption<TimeSpan> _warmUp = new("--warm-up", "How long the streets fill before the run", "5m", ParseTimeOrZero, "time");

    // What devices send.
    private readonly TextOption<ReportKind> _report = Choice(
        "--report", "Readings of detectors, events of controllers, or both", [("readings", ReportKind.Readings), ("events", ReportKind.Events), ("both", ReportKind.Both)]);

    private readonly TextOption<bool> _grouped = Choice("--messages", "One for each detector, or for all of an intersection", [("detector", false), ("intersection", true)]);
    private readonly TextOption<bool> _spread = Choice("--send", "Each device at a moment of its own, or all when the interval ends", [("spread", true), ("aligned", false)]);
    private readonly TextOption<TimeSpan> _eventBatch = Time("--event-batch", "How often controllers send", TimeSpan.FromSeconds(1));

    // Where to, and when.
    private readonly BrokerArguments _broker = new();
    private readonly Option<string?> _record = new("--record") { Description = "Write the messages to a file instead, as fast as it goes", HelpName = "file" };
    private readonly TextOption<ConnectionSharing> _connections = Choice(
        "--connections",
        "How devices share connections",
        [("shared", ConnectionSharing.Shared), ("per-intersection", ConnectionSharing.PerIntersection), ("per-device", ConnectionSharing.PerDevice)]);

    private readonly Option<int> _qos = Whole("--qos", "Quality of service, 0 or 1", Defaults.Qos, 0, 1);
    private readonly Option<TimeSpan?> _duration = MaybeTime("--duration", "How long, in the city's time [default: until Ctrl-C; for a record 1h]");
    private readonly TextOption<double> _speed = new("--speed", "Seconds of the city in a second", "1", ParseSpeed, "N");
    private readonly Option<DateTimeOffset?> _start = new("--start")
    {
        Description = "When the city's time begins, ISO 8601 with offset [default: now; for a record 2026-01-05]",
        CustomParser = Parsed<DateTimeOffset?>(static text => ParseStart(text)),
        HelpName = "time",
    };

    // What goes wrong, and what is written down.
    private readonly Option<string?> _faults = new("--faults") { Description = "Plan of what goes wrong", HelpName = "file" };
    private readonly Option<string?> _truth = new("--truth") { Description = "Write down what really happened", HelpName = "directory" };
    private readonly TextOption<TimeSpan> _truthWindow = Time("--truth-window", "Windows of the truth", TimeSpan.FromSeconds(60));
    private readonly Option<int> _threads = Whole("--threads", "Threads for the traffic", Defaults.Threads, 1, 64);
    private readonly Option<bool> _check = new("--check") { Description = "Check the inputs, and list everything that is wrong" };

    /// <summary>All options in the order of the help.</summary>
    public IEnumerable<Option> All =>
    [
        _network, _intersections, _seed, _lanes, _advance, _stopBar, _links, _boardEvery, _networkOut,
        _interval, _day, _timeOfDay, _profile, _demand, _arrivals, _classes, _signals, _cycle, _warmUp,
        _report, _grouped, _spread, _eventBatch, .. _broker.Options, _record, _connections, _qos, _duration, _speed, _start,
        _faults, _truth, _truthWindow, _threads, _check,
    ];

    /// <summary>What was asked for.</summary>
    /// <exception cref="UsageException">Options contradict each other.</exception>
    public CityRunOptions Read(ParseResult parsed)
    {
        var options = new CityRunOptions
        {
            NetworkFile = parsed.GetValue(_network),
            NetworkOut = parsed.GetValue(_networkOut),
            Grid = ReadGrid(parsed),
            City = ReadCity(parsed),
            Reports = ReadReports(parsed),
            Broker = _broker.Read(parsed),
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

    private GridOptions ReadGrid(ParseResult parsed) => new()
    {
        Seed = parsed.GetValue(_seed),
        Intersections = parsed.GetValue(_intersections),
        Lanes = parsed.GetValue(_lanes),
        AdvanceDistance = parsed.GetValue(_advance),
        StopBarDetectors = _stopBar.Of(parsed),
        Interval = _interval.Of(parsed),
        HasLinks = _links.Of(parsed),
        BoardEvery = parsed.GetValue(_boardEvery),
    };

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

    private ReportOptions ReadReports(ParseResult parsed) => new()
    {
        Kind = _report.Of(parsed),
        IsGrouped = _grouped.Of(parsed),
        IsSpread = _spread.Of(parsed),
        EventBatch = _eventBatch.Of(parsed),
        TruthWindow = _truthWindow.Of(parsed),
    };

    private static TimeSpan ParseTimeOrZero(string text) => text is "0" or "0s" ? TimeSpan.Zero : ParseTime(text);

    private static TimeOnly ParseTimeOfDay(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new UsageException($"'{text}' is not a time of day; write for example 07:00.");

    private static double ParseSpeed(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var factor) && factor is >= 0.01 and <= 10_000
            ? factor
            : throw new UsageException($"'{text}' is not a factor from 0.01 to 10000.");

    private static DateTimeOffset ParseStart(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start) && start.UtcDateTime.Year is >= 1970 and < 3000
            ? start
            : throw new UsageException($"'{text}' is not a time from 1970 to 2999; write for example 2026-01-05T07:00:00Z.");
}
