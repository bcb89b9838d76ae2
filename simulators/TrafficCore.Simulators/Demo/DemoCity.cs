using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Boards;
using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Run;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Demo;

/// <summary>
/// The demonstration's city: small, and with a tempo at which what takes a real city half a day happens within two minutes. One
/// connection for each intersection, one message for each reading.
/// </summary>
/// <remarks>Ownership: <see cref="RunAsync"/> is called once; the counters may be read from anywhere.</remarks>
internal sealed class DemoCity : IAsyncDisposable
{
    /// <summary>Detectors so near to the stop bar that a demonstration's queue reaches back over them soon, metres.</summary>
    private const int DetectorDistance = 25;

    private readonly CityOptions _options;
    private readonly CityEngine _engine;
    private readonly CityConnections _connections;
    private readonly CityBoards _boards;
    private readonly SendPace _pace;
    private readonly TimeProvider _time;

    private DemoCity(CityInputs inputs, CityOptions options, BrokerAddress broker, TimeProvider time, TruthFiles? truth)
    {
        (_options, _time) = (options, time);
        var reports = new ReportOptions { IsSpread = false, TruthWindow = DemoService.ShortestWindow };
        _engine = new CityEngine(
            inputs.Map, options, reports, FaultSchedule.Empty, new CityStart(30_000, () => ((time.GetUtcNow().ToUnixTimeMilliseconds() / 1000) + 1) * 1000), truth);
        _connections = new CityConnections(new ConnectionPlan(inputs.Map, ConnectionSharing.PerIntersection, reports), broker, qos: 1, time);
        _pace = new SendPace(time.GetUtcNow().ToUnixTimeMilliseconds(), 1, time);
        _boards = new CityBoards(inputs.Map, FaultSchedule.Empty, _engine.Clock, _pace, broker, time, truth);
    }

    /// <summary>Readings sent so far.</summary>
    public long Sent => _connections.Sent;

    /// <summary>Readings acknowledged so far.</summary>
    public long Acknowledged => _connections.Acknowledged;

    /// <summary>Times that a board began to show a warning.</summary>
    public int Warnings => _boards.Shown;

    /// <summary>Times that a board went blank again.</summary>
    public int Cleared => _boards.Cleared;

    /// <summary>Whether the rush is on.</summary>
    public bool IsRush => _options.Day.IsRush(_pace.NowUnix - _engine.Clock.BeginUnix);

    /// <summary>The city of a demonstration.</summary>
    public static CityRunOptions Describe(DemoOptions options) => new()
    {
        Grid = new GridOptions
        {
            Seed = options.Seed,
            Intersections = options.Intersections,
            Lanes = 2,
            AdvanceDistance = DetectorDistance,
            StopBarDetectors = false,
            Interval = TimeSpan.FromSeconds(1),
            BoardEvery = 2,
        },
        City = new CityOptions
        {
            Seed = options.Seed,

            // From 17:00 in a day of four minutes, in the middle of a rush hour of twenty seconds: demand is three times what signals let
            // through, so that queues stand within half a minute and have gone within two, before the next rush.
            Day = new DayProfile(240_000, 17 * 3_600_000L, DayShape.Peaks),
            DemandMilli = 3000,
            Classes = ClassMix.Cars,
            Cycle = TimeSpan.FromSeconds(16),
        },
    };

    /// <summary>Connects a city to a broker.</summary>
    /// <exception cref="MqttConnectionException">Nobody lets it in.</exception>
    public static async Task<DemoCity> StartAsync(
        CityInputs inputs, CityOptions options, BrokerAddress broker, TimeProvider time, TruthFiles? truth, CancellationToken cancellation)
    {
        var city = new DemoCity(inputs, options, broker, time, truth);
        await city._connections.OpenAsync(cancellation);
        city._boards.Start();
        return city;
    }

    /// <summary>Sends until cancelled, then waits for the acknowledgements.</summary>
    public Task RunAsync(CancellationToken cancellation) => new LiveCity(_engine, _connections, _pace, _time).RunAsync(long.MaxValue, cancellation);

    /// <summary>Lets the boards say good-bye.</summary>
    public async ValueTask DisposeAsync()
    {
        await _boards.DisposeAsync();
        await _connections.DisposeAsync();
    }
}
