using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Load;

/// <summary>Runs a schedule against a broker and adds up what became of every message.</summary>
internal sealed class LoadRunner
{
    /// <summary>Connections that are opened at once: fewer than the usual listen backlog of 128.</summary>
    private const int ConnectBatch = 64;

    /// <summary>How long a run that was stopped waits for the last answers, and then for the ledger: somebody is sitting there.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    /// <summary>How often to look whether the last answers have come.</summary>
    private static readonly TimeSpan DrainStep = TimeSpan.FromMilliseconds(20);

    private readonly LoadOptions _options;
    private readonly LoadRun _run;
    private readonly LoadConnection[] _connections;
    private readonly ConsoleProgress _progress;

    public LoadRunner(LoadOptions options, TimeProvider time, ConsoleProgress progress)
    {
        _options = options;
        _run = new LoadRun(options, time);
        _progress = progress;
        _connections = [.. Enumerable.Range(0, options.Connections).Select(i => new LoadConnection(_run, i))];
    }

    /// <summary>Connects, sends, waits for what is on its way, asks the service, and reports; cancelled, the same of what was sent by then.</summary>
    /// <exception cref="MqttConnectionException">The broker can't be reached at all.</exception>
    /// <exception cref="IOException">The service can't be asked.</exception>
    public async Task<LoadReport> RunAsync(CancellationToken cancellation)
    {
        using var ledger = _options.Http is { } http ? new LedgerClient(http, _run.Time, _options.OwnDevicesOnly ? _run.Layout.Devices(_options.Mix) : null) : null;
        var before = ledger is null ? null : await ledger.ReadAsync(cancellation);
        try
        {
            await ConnectAsync(cancellation);
            var (cost, isWhole) = await SendAsync(cancellation);
            var counts = LoadCounts.Of(_connections);
            var grown = ledger is null ? null : await ledger.SettleAsync(before!, LedgerExpectation.Of(counts, Qos).IsReached, isWhole ? _options.Drain : StopLimit, CancellationToken.None);
            return Report(counts, cost, grown, isWhole ? await VerifyWindowsAsync(counts, cancellation) : null, isWhole);
        }
        finally
        {
            foreach (var connection in _connections)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private QualityOfService Qos => (QualityOfService)_options.Qos;

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        foreach (var batch in _connections.Chunk(ConnectBatch))
        {
            await Task.WhenAll(batch.Select(c => c.ConnectAsync(cancellation)));
        }
    }

    private async Task<(GeneratorCost Cost, bool IsWhole)> SendAsync(CancellationToken cancellation)
    {
        var scheduler = new LoadScheduler(_run, _connections, _progress);
        var meter = GeneratorMeter.Start();
        _run.Clock.Start();
        var isWhole = await Task.Factory.StartNew(() => scheduler.Run(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        isWhole = await DrainAsync(_options.Drain, cancellation) && isWhole;
        if (!isWhole)
        {
            Array.ForEach(_connections, static c => c.Stop());
            await DrainAsync(StopLimit, CancellationToken.None);
        }

        var cost = meter.Stop(LoadCounts.Of(_connections));
        await Task.WhenAll(_connections.Select(static c => c.CloseAsync()));
        return (cost, isWhole);
    }

    /// <summary>Waits for the last answers, at most for a time; false when it was cancelled before.</summary>
    private async Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var start = _run.Time.GetTimestamp();
        using var timer = new PeriodicTimer(DrainStep, _run.Time);
        while (!cancellation.IsCancellationRequested && !_connections.All(static c => c.IsDone) && _run.Time.GetElapsedTime(start) < limit)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return !cancellation.IsCancellationRequested;
    }

    private async Task<WindowVolume?> VerifyWindowsAsync(LoadCounts counts, CancellationToken cancellation)
    {
        if (!_options.VerifyWindows)
        {
            return null;
        }

        // The first reading lies behind the start by its interval, its batch and its lateness.
        var from = DateTimeOffset.FromUnixTimeMilliseconds(_run.Clock.StartUnixMs) - (_options.Mix.Late > 0 ? _options.Mix.LateBy : TimeSpan.Zero)
            - (LoadLayout.LongestInterval * (_options.Mix.Batch + 1));
        using var windows = new WindowClient(_options.Http!, _run.Time);
        var names = Enumerable.Range(0, _run.Layout.Intersections).Select(_run.Layout.NameOf).ToList();
        return new WindowVolume(counts.Volume, await windows.SettleAsync(names, from, counts.Volume, cancellation));
    }

    private LoadReport Report(LoadCounts counts, GeneratorCost cost, LedgerCounts? grown, WindowVolume? windows, bool isWhole)
    {
        var seconds = counts.LastAt / 1e9;
        return new LoadReport
        {
            Rate = _options.Shape.Rate,
            Connections = _options.Connections,
            Qos = _options.Qos,
            Seconds = Math.Round(seconds, 3),
            Planned = _run.Schedule.Total,
            Sent = counts.Sent,
            Items = counts.ItemsSent,
            Repeats = counts.Repeats,
            Resent = counts.Resent,
            Acknowledged = counts.Acknowledged,
            Refused = counts.Refused,
            ConnectionsLost = counts.Lost,
            Reconnects = counts.Reconnects,
            ConnectFailures = counts.ConnectFailures,
            Errors = _run.Reasons.ToDictionary(),
            AchievedRate = seconds > 0 ? Math.Round(counts.Sent / seconds, 1) : 0,
            ItemRate = seconds > 0 ? Math.Round(counts.ItemsSent / seconds, 1) : 0,
            Latency = LatencySummary.Of(_run.Latency),
            SendDelay = LatencySummary.Of(_run.SendDelay),
            Reconnecting = LatencySummary.Of(_run.Reconnecting),
            Generator = cost,
            Ledger = grown,
            Windows = windows,
            Stopped = !isWhole,
            Problems = [.. LoadVerdict.Problems(Qos, isWhole ? _run.Schedule.Total : counts.Sent, counts, grown, windows)],
            LatencyHistogram = _run.Latency.ToCounts(),
            SendDelayHistogram = _run.SendDelay.ToCounts(),
            ReconnectingHistogram = _run.Reconnecting.ToCounts(),
        };
    }
}
