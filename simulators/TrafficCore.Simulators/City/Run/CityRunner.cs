using System.Diagnostics;
using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.City.Boards;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Load;

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
            await File.WriteAllBytesAsync(path, inputs.NetworkFile, cancellation);
        }

        using var truth = _options.TruthDirectory is { } directory && !_options.IsCheck ? TruthFiles.In(directory) : null;
        var start = _time.GetTimestamp();
        if (_options.IsCheck)
        {
            return Report(inputs, null, null, null, 0, TimeSpan.Zero);
        }

        var run = new CityStart((long)_options.WarmUp.TotalSeconds * 1000, () => BeginUnix(inputs));
        var faults = FaultScheduler.Resolve(inputs.Map, inputs.Plan, run.WarmUpMs, _options.Duration ?? CityRunOptions.Endless).Schedule!;
        CityEngine Build() => new(inputs.Map, _options.City, _options.Reports, faults, run, truth, _options.Threads);
        return _options.Record is { } record
            ? Record(inputs, Build(), record, start, cancellation)
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
            // Given with --speed above 1, see CityCommand.
            now -= (long)(_options.Duration!.Value.TotalMilliseconds * (1 - (1 / _options.Speed)));
        }

        return _options.Reports.HasEvents || _options.Speed > 1 ? ((now / 1000) + 1) * 1000 : now / longest * longest;
    }

    private CityReport Record(CityInputs inputs, CityEngine engine, string path, long start, CancellationToken cancellation)
    {
        var end = engine.Clock.BeginUnix + (long)(_options.Duration ?? TimeSpan.FromHours(1)).TotalMilliseconds;
        using var file = new ReadingsFile(File.Create(path));
        while (engine.NowUnix < end)
        {
            cancellation.ThrowIfCancellationRequested();
            engine.Step(file);
        }

        engine.Finish(file);
        return Report(inputs, engine, null, null, file.Count, _time.GetElapsedTime(start));
    }

    private async Task<CityReport> LiveAsync(
        CityInputs inputs, Func<CityEngine> build, FaultSchedule faults, TruthFiles? truth, long start, CancellationToken cancellation)
    {
        var plan = new ConnectionPlan(inputs.Map, _options.Connections, _options.Reports);
        await using var connections = new CityConnections(plan, _options.Broker, _options.Qos, _time);
        await connections.OpenAsync(cancellation);
        var engine = build();
        var pace = new SendPace(_options.Start is null && _options.Speed <= 1 ? _time.GetUtcNow().ToUnixTimeMilliseconds() : engine.Clock.BeginUnix, _options.Speed, _time);
        await using var boards = new CityBoards(inputs.Map, faults, engine.Clock, pace, _options.Broker, _time, truth);
        boards.Start();
        using var ended = new CancellationTokenSource();
        var showing = _progress.RunAsync(
            () => (Share(engine, pace), CityProgress.Words(pace.NowUnix, connections.Sent, connections.Acknowledged, connections.Late, connections.Dropped)), ended.Token);
        await new LiveCity(engine, connections, pace, _time).RunAsync(EndUnix(engine), cancellation);
        await ended.CancelAsync();
        await showing;
        await boards.StopAsync();
        return Report(inputs, engine, connections, boards, connections.Sent, _time.GetElapsedTime(start));
    }

    private double? Share(CityEngine engine, SendPace pace) =>
        _options.Duration is { } duration ? (pace.NowUnix - engine.Clock.BeginUnix) / duration.TotalMilliseconds : null;

    private CityReport Report(CityInputs inputs, CityEngine? engine, CityConnections? connections, CityBoards? boards, long sent, TimeSpan elapsed)
    {
        using var process = Process.GetCurrentProcess();
        var answers = connections is not null && _options.Qos > 0;
        return new CityReport
        {
            Intersections = inputs.Map.Intersections.Count,
            Detectors = inputs.Map.Detectors.Count,
            Connections = connections?.Count ?? 0,
            Boards = boards?.Count ?? 0,
            CitySeconds = engine is null ? 0 : Math.Round((engine.NowUnix - engine.Clock.BeginUnix) / 1000.0, 1),
            Seconds = Math.Round(elapsed.TotalSeconds, 1),
            Vehicles = engine?.Traffic.Approaches.Sum(static a => a.Tally.Began) ?? 0,
            Sent = sent,
            Acknowledged = answers ? connections!.Acknowledged : null,
            Refused = answers ? connections!.Refused : null,
            Broken = connections?.Broken ?? 0,
            Late = connections?.Late ?? 0,
            Lost = connections is null ? 0 : answers ? sent - connections.Acknowledged - connections.Refused : sent - connections.Taken,
            Reconnects = connections?.Reconnects ?? 0,
            SendDelay = connections is null ? null : LatencySummary.Of(connections.Delay),
            BoardsShown = boards?.Shown ?? 0,
            BoardsCleared = boards?.Cleared ?? 0,
            CpuSeconds = Math.Round(process.TotalProcessorTime.TotalSeconds, 1),
            PeakMebibytes = process.PeakWorkingSet64 >> 20,
            Problems = connections is null ? [] : [.. Problems(connections, sent)],
        };
    }

    private IEnumerable<string> Problems(CityConnections connections, long sent)
    {
        foreach (var problem in connections.Problems)
        {
            yield return problem;
        }

        if (connections.Dropped > 0)
        {
            yield return $"{connections.Dropped} messages found a full queue";
        }

        if (_options.Qos > 0 && sent - connections.Dropped - connections.Acknowledged - connections.Refused is > 0 and var open)
        {
            yield return $"{open} messages were not acknowledged";
        }

        if (connections.Refused > connections.Broken)
        {
            yield return $"{connections.Refused - connections.Broken} messages were refused that no fault had broken";
        }
    }
}
