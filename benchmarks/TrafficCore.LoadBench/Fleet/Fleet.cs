using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Unicode;

namespace TrafficCore.LoadBench.Fleet;

/// <summary>The connections of a <see cref="FleetPlan"/>, each speaking for an equal share of its detectors, and the passes that they send on an open schedule.</summary>
/// <remarks>Ownership: one caller, one pass after the other. Acknowledgements come from the connections' tasks, each for messages of its own.</remarks>
internal sealed class Fleet : IAsyncDisposable
{
    // Fewer than the usual listen backlog of 128.
    private const int ConnectBatch = 64;

    private readonly FleetPlan _plan;
    private readonly byte[][] _topics;
    private readonly FleetConnection[] _connections;
    private Passes? _passes;

    private Fleet(FleetPlan plan, int connections)
    {
        _plan = plan;
        _topics = [.. Enumerable.Range(0, plan.Devices).Select(device => Encoding.UTF8.GetBytes(plan.TopicOf(device)))];
        _connections = new FleetConnection[connections];
    }

    /// <summary>Connects.</summary>
    public static async Task<Fleet> OpenAsync(FleetPlan plan, int connections, int port)
    {
        var fleet = new Fleet(plan, connections);
        foreach (var batch in Enumerable.Range(0, connections).Chunk(ConnectBatch))
        {
            await Task.WhenAll(batch.Select(async c =>
                fleet._connections[c] = await FleetConnection.OpenAsync(port, $"{plan.Prefix}-{c}", message => fleet._passes!.Acknowledge(message))));
        }

        return fleet;
    }

    /// <summary>Sends passes and waits for the last acknowledgement.</summary>
    /// <param name="first">Number of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="rate">Messages per second.</param>
    /// <exception cref="BenchException">A connection was lost.</exception>
    public async Task<FleetResult> RunAsync(long first, long count, double rate)
    {
        var passes = _passes = new Passes(count * _plan.Devices, rate);
        var sending = Task.Factory.StartNew(() => Send(passes, first), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var lost = Task.WhenAny(_connections.Select(static c => c.Receiving));
        if (await Task.WhenAny(passes.Done, lost) == lost)
        {
            await await lost;
        }

        await passes.Done;
        await sending;
        return passes.Result();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.OfType<FleetConnection>())
        {
            await connection.DisposeAsync();
        }
    }

    private void Send(Passes passes, long first)
    {
        var payload = new byte[128];
        try
        {
            for (var message = 0L; message < passes.Total;)
            {
                // What came due while this thread slept goes out together, in packets of their own.
                for (var due = passes.DueBy(Stopwatch.GetTimestamp()); message < due; message++)
                {
                    SendOne(message, first, payload);
                }

                Thread.Sleep(1);
            }
        }
        catch (SocketException e)
        {
            passes.Fail(new BenchException($"a connection was lost: {e.Message}"));
        }
    }

    private void SendOne(long message, long first, byte[] payload)
    {
        var (pass, device) = (first + (message / _plan.Devices), (int)(message % _plan.Devices));
        Utf8.TryWrite(
            payload, CultureInfo.InvariantCulture,
            $"{{\"ts\":{_plan.TimeOf(pass).ToUnixTimeMilliseconds()},\"interval\":{FleetPlan.IntervalMs},\"seq\":{1_000_000 + pass},\"volume\":{FleetPlan.ReadingVolume(device, pass)},\"occupancy\":13.4,\"speed\":41.2}}",
            out var length);
        _connections[device % _connections.Length].Publish(message, _topics[device], payload.AsSpan(0, length));
    }

    /// <summary>What is under way.</summary>
    private sealed class Passes
    {
        private readonly float[] _latencies;
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly long _began = Stopwatch.GetTimestamp();
        private readonly double _ticksPerMessage;
        private long _open;
        private long _ended;

        public Passes(long total, double rate)
        {
            (Total, _open) = (total, total);
            _latencies = new float[total];
            _ticksPerMessage = Stopwatch.Frequency / rate;
        }

        public long Total { get; }

        public Task Done => _done.Task;

        public long DueBy(long now) => Math.Min(Total, (long)((now - _began) / _ticksPerMessage) + 1);

        /// <summary>Latency counts from when a message was due: a generator that is late does not hide a service that is.</summary>
        public void Acknowledge(long message)
        {
            var now = Stopwatch.GetTimestamp();
            _latencies[message] = (float)((now - _began - (message * _ticksPerMessage)) * 1000 / Stopwatch.Frequency);
            if (Interlocked.Decrement(ref _open) == 0)
            {
                _ended = now;
                _done.TrySetResult();
            }
        }

        /// <summary>There is no result.</summary>
        public void Fail(BenchException why) => _done.TrySetException(why);

        public FleetResult Result() => new(Total, Total / Stopwatch.GetElapsedTime(_began, _ended).TotalSeconds, Quantile.Of(_latencies, 0.5), Quantile.Of(_latencies, 0.99));
    }
}

/// <summary>What became of the passes: all of it was acknowledged.</summary>
/// <param name="Messages">Messages.</param>
/// <param name="Rate">Acknowledged per second, from the first due to the last acknowledgement.</param>
/// <param name="P50">Median milliseconds from due to acknowledged.</param>
/// <param name="P99">99th percentile of the same.</param>
internal sealed record FleetResult(long Messages, double Rate, double P50, double P99);
