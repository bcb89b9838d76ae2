using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.City.Boards;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Run;

/// <summary>Runs a city against a broker in real time, or into a file as fast as it goes.</summary>
internal sealed class CityRunner
{
    private readonly CityRunOptions _options;
    private readonly TimeProvider _time;
    private readonly CityProgress _progress;

    public CityRunner(CityRunOptions options, TimeProvider time, CityProgress progress) => (_options, _time, _progress) = (options, time, progress);

    /// <summary>Runs to the end, or until cancelled, and reports.</summary>
    /// <exception cref="UsageException">An input is wrong.</exception>
    /// <exception cref="MqttConnectionException">The broker lets nobody in.</exception>
    public async Task<CityReport> RunAsync(CancellationToken cancellation)
    {
        var inputs = CityInputs.Read(_options);
        if (_options.NetworkOut is { } path)
        {
            using var file = OutputPath.Open("--network-out", path, File.Create);
            await file.WriteAsync(inputs.NetworkFile, cancellation);
        }

        if (_options.IsCheck)
        {
            return new CityReport { Intersections = inputs.Map.Intersections.Count, Detectors = inputs.Map.Detectors.Count };
        }

        var start = _time.GetTimestamp();
        using var truth = _options.TruthDirectory is { } directory ? OutputPath.Open("--truth", directory, TruthFiles.In) : null;
        using var record = _options.Record is { } to ? new ReadingsFile(OutputPath.Open("--record", to, File.Create)) : null;
        var run = new CityStart((long)_options.WarmUp.TotalSeconds * 1000, () => BeginUnix(inputs));
        var faults = FaultScheduler.Resolve(inputs.Map, inputs.Plan, run.WarmUpMs, _options.Duration ?? CityRunOptions.Endless).Schedule!;
        CityEngine Build() => new(inputs.Map, _options.City, _options.Reports, faults, run, truth, _options.Threads);
        return record is not null
            ? Record(inputs, Build(), record, truth, start, cancellation)
            : await LiveAsync(inputs, Build, faults, truth, start, cancellation);
    }

    private long EndUnix(CityEngine engine) => _options.Duration is { } duration ? engine.Clock.BeginUnix + (long)duration.TotalMilliseconds : long.MaxValue;

    /// <summary>
    /// When the city begins. In real time its longest interval has begun already, so that nobody waits for one to begin; faster than
    /// real time it ends about now, so that no time stamp lies ahead of the service's clock.
    /// </summary>
    private long BeginUnix(CityInputs inputs)
    {
        if (_options.Start is { } start)
        {
            return start.ToUnixTimeMilliseconds() / 1000 * 1000;
        }

        if (_options.Record is not null)
        {
            return CityRunOptions.RecordDay.ToUnixTimeMilliseconds() + (_options.City.Day.StartMs / 1000 * 1000);
        }

        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var longest = inputs.Map.Detectors.Select(static d => (long)d.IntervalMs).DefaultIfEmpty(1000).Max();
        if (_options.Speed > 1)
        {
            // The options have a duration then.
            now -= (long)(_options.Duration!.Value.TotalMilliseconds * (1 - (1 / _options.Speed)));
        }

        return _options.Reports.HasEvents || _options.Speed > 1 ? ((now / 1000) + 1) * 1000 : now / longest * longest;
    }

    private CityReport Record(CityInputs inputs, CityEngine engine, ReadingsFile file, TruthFiles? truth, long start, CancellationToken cancellation)
    {
        if (truth is not null)
        {
            var boards = new BoardTruthFile(truth);
            foreach (var (intersection, board) in BoardTruthFile.In(inputs.Map))
            {
                boards.AddUnseen(intersection, board, engine.Clock.BeginUnix);
            }
        }

        var end = engine.Clock.BeginUnix + (long)(_options.Duration ?? TimeSpan.FromHours(1)).TotalMilliseconds;
        while (engine.NowUnix < end && !cancellation.IsCancellationRequested)
        {
            engine.Step(file);
        }

        engine.Finish(file);
        return CityReport.Of(inputs, engine, _time.GetElapsedTime(start)) with { Sent = file.Count, Stopped = engine.NowUnix < end };
    }

    private async Task<CityReport> LiveAsync(
        CityInputs inputs, Func<CityEngine> build, FaultSchedule faults, TruthFiles? truth, long start, CancellationToken cancellation)
    {
        var plan = new ConnectionPlan(inputs.Map, _options.Connections, _options.Reports);
        await using var connections = new CityConnections(plan, _options.Broker, _options.Qos, _time);
        await OpenAsync(connections, cancellation);
        var engine = build();
        var isNow = _options.Start is null && _options.Speed <= 1;
        var pace = new SendPace(isNow ? _time.GetUtcNow().ToUnixTimeMilliseconds() : engine.Clock.BeginUnix, _options.Speed, _time);
        await using var boards = new CityBoards(inputs.Map, faults, engine.Clock, pace, _options.Broker, _time, truth);
        boards.Start();
        using var ended = new CancellationTokenSource();
        var showing = _progress.RunAsync(() => (Share(engine, pace), CityProgress.Words(pace.NowUnix, connections)), ended.Token);
        var isWhole = await new LiveCity(engine, connections, pace, _time).RunAsync(EndUnix(engine), cancellation);
        await ended.CancelAsync();
        await showing;
        await boards.StopAsync();
        return CityReport.Of(inputs, engine, _time.GetElapsedTime(start)).With(connections, areAnswered: _options.Qos > 0) with
        {
            Boards = boards.Count,
            BoardsShown = boards.Shown,
            BoardsCleared = boards.Cleared,
            Stopped = !isWhole && _options.Duration is not null,
        };
    }

    /// <summary>Connects, and says so: a broker that is not there yet is waited for.</summary>
    private async Task OpenAsync(CityConnections connections, CancellationToken cancellation)
    {
        using var opened = new CancellationTokenSource();
        var showing = _progress.RunAsync(() => (0, $"connecting to {_options.Broker}"), opened.Token);
        try
        {
            await connections.OpenAsync(cancellation);
        }
        finally
        {
            await opened.CancelAsync();
            await showing;
        }
    }

    private double? Share(CityEngine engine, SendPace pace) =>
        _options.Duration is { } duration ? (pace.NowUnix - engine.Clock.BeginUnix) / duration.TotalMilliseconds : null;
}
