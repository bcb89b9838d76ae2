using System.CommandLine;
using System.Globalization;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Load;

/// <summary>The options of <c>load</c>, and how they become <see cref="LoadOptions"/>.</summary>
internal sealed class LoadArguments
{
    private static readonly LoadOptions Defaults = new();

    private readonly BrokerArguments _broker = new();
    private readonly Option<int> _rate = SharedOptions.Whole("--rate", "Messages per second over all connections", Defaults.Shape.Rate, 1, 10_000_000);
    private readonly Option<LoadRamp?> _ramp = Optional("--ramp", "FROM:TIME", "Let the rate grow (or fall) linearly from FROM to --rate over TIME", LoadValues.ParseRamp);
    private readonly Option<LoadBurst?> _burst = Optional("--burst", "N:TIME", "N more messages at once, every TIME", LoadValues.ParseBurst);
    private readonly Option<LoadStorm[]> _storm = new("--storm")
    {
        Description = "Drop all connections at TIME; each comes back, with N messages that it has kept. May be given several times",
        CustomParser = SharedOptions.ParsedEach(LoadValues.ParseStorm),
        HelpName = "TIME[:N]",
        DefaultValueFactory = static _ => [],
    };

    private readonly TextOption<TimeSpan> _duration = SharedOptions.Time("--duration", "How long to send", Defaults.Shape.Duration);
    private readonly Option<long?> _count = Optional<long?>("--count", "N", "Messages to send, instead of --duration", static text => SharedOptions.ParseWhole(text, 1, int.MaxValue));
    private readonly Option<int> _connections = SharedOptions.Whole("--connections", "Connections; the detectors are shared out among them", Defaults.Connections, 1, 60_000);
    private readonly Option<int?> _intersections = Optional<int?>(
        "--intersections", "N", "Intersections [default: as many as give each connection one detector, or one intersection with --topic detectors]",
        static text => SharedOptions.ParseWhole(text, 1, 100_000));

    private readonly Option<int> _detectors = SharedOptions.Whole("--detectors", "Detectors of each intersection", Defaults.DetectorsPerIntersection, 1, 64);
    private readonly Option<int> _batch = SharedOptions.Whole("--batch", "Readings in a message", Defaults.Mix.Batch, 1, 1000);
    private readonly Option<string> _topic = Choice("--topic", "detector: a message is of one detector. detectors: of --batch detectors of an intersection", "detector", "detectors");
    private readonly Option<string> _payload = Choice(
        "--payload", "Fields of a reading: minimal (ts, interval, volume), usual (and occupancy, speed, seq) or full (and classes)", "usual", "minimal", "full");

    private readonly Option<int> _bytes = SharedOptions.Whole("--bytes", "Fill each payload up to so many bytes", Defaults.Mix.Bytes, 0, 60_000);
    private readonly Option<double> _events = Share("--events", "Share of messages that are controller event batches");
    private readonly Option<int> _eventsPerBatch = SharedOptions.Whole("--events-per-batch", "Events of such a batch", Defaults.Mix.EventsPerBatch, 1, 1000);
    private readonly Option<double> _environment = Share("--environment", "Share of messages that are environment readings");
    private readonly Option<double> _parking = Share("--parking", "Share of messages that are parking readings");
    private readonly Option<double> _duplicates = Share("--duplicates", "Share of readings messages that are sent twice");
    private readonly Option<double> _late = Share("--late", "Share of readings messages that come late by --late-by");
    private readonly TextOption<TimeSpan> _lateBy = SharedOptions.Time("--late-by", "How late, at most 6 days", Defaults.Mix.LateBy);
    private readonly Option<int> _qos = SharedOptions.Whole("--qos", "Quality of service, 0 to 2", Defaults.Qos, 0, 2);
    private readonly Option<string> _version = Choice("--mqtt", "Protocol version", "5.0", "3.1.1");
    private readonly Option<int> _window = SharedOptions.Whole("--window", "Messages of one connection that may wait for their acknowledgement", Defaults.Window, 1, 65_535);
    private readonly Option<Uri?> _http = Optional("--http", "url", "The service's HTTP address; checks its ledger at the end", LoadValues.ParseHttp);
    private readonly Option<string> _ledger = Choice("--ledger", "all: check the ledger of everything. devices: of this run's devices only, because others send too", "all", "devices");
    private readonly Option<bool> _verifyWindows = new("--verify-windows") { Description = "Wait until the windows are closed, up to 3 minutes, and check that they hold every vehicle" };
    private readonly Option<string> _prefix = new("--prefix") { Description = "First part of intersection names; generators side by side need different ones", DefaultValueFactory = static _ => Defaults.Prefix };
    private readonly TextOption<TimeSpan> _drain = SharedOptions.Time("--drain", "How long to wait for the last acknowledgements, and then for the ledger", Defaults.Drain);

    /// <summary>The options, for the command.</summary>
    public IEnumerable<Option> Options =>
    [
        .. _broker.Options, _rate, _ramp, _burst, _storm, _duration, _count, _connections, _intersections, _detectors, _batch, _topic, _payload, _bytes, _events,
        _eventsPerBatch, _environment, _parking, _duplicates, _late, _lateBy, _qos, _version, _window, _http, _ledger, _verifyWindows, _prefix, _drain,
    ];

    /// <summary>What a command line says.</summary>
    /// <exception cref="UsageException">Its parts contradict each other.</exception>
    public LoadOptions Read(ParseResult parsed)
    {
        var options = new LoadOptions
        {
            Broker = _broker.Read(parsed),
            Shape = Shape(parsed),
            Mix = Mix(parsed),
            Connections = parsed.GetValue(_connections),
            Intersections = parsed.GetValue(_intersections),
            DetectorsPerIntersection = parsed.GetValue(_detectors),
            Qos = parsed.GetValue(_qos),
            Version = parsed.GetValue(_version) == "5.0" ? MqttVersion.V5 : MqttVersion.V311,
            Window = parsed.GetValue(_window),
            Http = parsed.GetValue(_http),
            OwnDevicesOnly = parsed.GetValue(_ledger) == "devices",
            VerifyWindows = parsed.GetValue(_verifyWindows),
            Prefix = parsed.GetRequiredValue(_prefix),
            Drain = _drain.Of(parsed),
        };
        return LoadValues.ProblemOf(options) is { } problem ? throw new UsageException(problem) : options;
    }

    private LoadShape Shape(ParseResult parsed) => new()
    {
        Rate = parsed.GetValue(_rate),
        Ramp = parsed.GetValue(_ramp),
        Burst = parsed.GetValue(_burst),
        Storms = parsed.GetValue(_storm) ?? [],
        Duration = _duration.Of(parsed),
        Count = parsed.GetValue(_count),
    };

    private LoadMix Mix(ParseResult parsed) => new()
    {
        Batch = parsed.GetValue(_batch),
        ByIntersection = parsed.GetValue(_topic) == "detectors",
        Fields = Enum.Parse<LoadFields>(parsed.GetRequiredValue(_payload), ignoreCase: true),
        Bytes = parsed.GetValue(_bytes),
        Events = parsed.GetValue(_events),
        EventsPerBatch = parsed.GetValue(_eventsPerBatch),
        Environment = parsed.GetValue(_environment),
        Parking = parsed.GetValue(_parking),
        Duplicates = parsed.GetValue(_duplicates),
        Late = parsed.GetValue(_late),
        LateBy = _lateBy.Of(parsed),
    };

    private static Option<T?> Optional<T>(string name, string help, string description, Func<string, T> parse) =>
        new(name) { Description = description, CustomParser = SharedOptions.Parsed(parse), HelpName = help };

    private static Option<string> Choice(string name, string description, string usual, params string[] others)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.AcceptOnlyFromAmong([usual, .. others]);
        return option;
    }

    private static Option<double> Share(string name, string description) => new(name)
    {
        Description = description + ", 0 to 1",
        CustomParser = SharedOptions.Parsed(static text => double.TryParse(text, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1
            ? share
            : throw new UsageException($"'{text}' is not a share from 0 to 1.")),
        HelpName = "share",
    };
}
