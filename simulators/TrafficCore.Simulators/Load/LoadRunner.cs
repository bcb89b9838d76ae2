using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Load;

/// <summary>Runs a schedule against a broker and adds up what became of every reading.</summary>
internal sealed class LoadRunner
{
    /// <summary>Connections that are opened at once: fewer than the usual listen backlog of 128.</summary>
    private const int ConnectBatch = 64;

    private readonly LoadOptions _options;
    private readonly LoadSchedule _schedule;
    private readonly LoadClock _clock;
    private readonly ConsoleProgress _progress;
    private readonly LatencyHistogram _latency = new();
    private readonly LatencyHistogram _sendDelay = new();
    private readonly LoadConnection[] _connections;

    public LoadRunner(LoadOptions options, TimeProvider time, ConsoleProgress progress)
    {
        _options = options;
        _progress = progress;
        _schedule = new LoadSchedule(options.Rate, options.Connections, options.Total);
        _clock = new LoadClock(time);
        _connections = [.. Enumerable.Range(0, options.Connections).Select(i => new LoadConnection(options, _schedule, _clock, i, _latency, _sendDelay))];
    }

    /// <summary>Connects, sends, waits for what is on its way, asks the ledger, and reports.</summary>
    /// <exception cref="MqttConnectionException">The broker can't be reached at all.</exception>
    /// <exception cref="IOException">The service's ledger can't be read.</exception>
    public async Task<LoadReport> RunAsync(CancellationToken cancellation)
    {
        using var ledger = _options.Http is { } http ? new LedgerClient(http, TimeProvider.System) : null;
        var before = ledger is null ? null : await ledger.ReadAsync(cancellation);
        try
        {
            await ConnectAsync(cancellation);
            _clock.Restart();
            await Task.Factory.StartNew(() => Schedule(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var elapsed = await DrainAsync(cancellation);
            var grown = ledger is null ? null : await ledger.SettleAsync(before!, Expected, _options.Drain, cancellation);
            return Report(elapsed, grown);
        }
        finally
        {
            foreach (var connection in _connections)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private long Sent => _connections.Sum(static c => c.Sent);

    private long Acknowledged => _connections.Sum(static c => c.Acknowledged);

    /// <summary>What the service must have received: what it acknowledged, or at QoS 0 what was sent to the last byte.</summary>
    private long Expected => _options.Qos == 0 ? Sent : Acknowledged;

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        foreach (var batch in _connections.Chunk(ConnectBatch))
        {
            await Task.WhenAll(batch.Select(c => c.ConnectAsync(_options, cancellation)));
        }
    }

    /// <summary>A thread of its own wakes every millisecond; what came due in between goes out together.</summary>
    private void Schedule(CancellationToken cancellation)
    {
        long next = 0;
        while (next < _schedule.Total)
        {
            cancellation.ThrowIfCancellationRequested();
            var due = _schedule.DueCount(_clock.Nanoseconds);
            for (; next < due; next++)
            {
                _connections[next % _options.Connections].Pump();
            }

            _progress.Report((double)next / _schedule.Total, $"{next} of {_schedule.Total} readings due, {Acknowledged} acknowledged");
            if (next < _schedule.Total)
            {
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>Returns the seconds from the start until everything was sent and acknowledged.</summary>
    private async Task<double> DrainAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.Drain);
        await Task.WhenAll(_connections.Select(c => c.DrainAsync(limit.Token)));
        var elapsed = _clock.Nanoseconds / 1e9;
        await Task.WhenAll(_connections.Select(c => c.DisconnectAsync(limit.Token)));
        cancellation.ThrowIfCancellationRequested();
        return elapsed;
    }

    private LoadReport Report(double seconds, LedgerCounts? grown)
    {
        var refused = _connections.Sum(static c => c.Refused);
        var lost = _connections.Count(static c => c.IsLost);
        return new LoadReport
        {
            Rate = _options.Rate,
            Connections = _options.Connections,
            Qos = _options.Qos,
            Seconds = Math.Round(seconds, 3),
            Planned = _schedule.Total,
            Sent = Sent,
            Acknowledged = Acknowledged,
            Refused = refused,
            ConnectionsLost = lost,
            Latency = LatencySummary.Of(_latency),
            SendDelay = LatencySummary.Of(_sendDelay) ?? new LatencySummary(0, 0, 0, 0, 0),
            Ledger = grown,
            Problems = [.. LoadVerdict.Problems(_options.Qos, _schedule.Total, Sent, Acknowledged, refused, lost, grown)],
        };
    }
}
