using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Delivery;

namespace TrafficCore.Simulators.Demo;

/// <summary>Lets the city's detectors send in real time: one connection for each intersection, one message for each reading.</summary>
/// <remarks>Ownership: <see cref="RunAsync"/> is one loop and owns model and connections; the counters may be read from anywhere.</remarks>
internal sealed class DemoCity
{
    /// <summary>Longer than a restart of the service takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CityPlan _plan;
    private readonly CityModel _model;
    private readonly TimeProvider _time;
    private readonly ReliablePublisher[] _publishers;
    private readonly string[] _topicRoots;
    private long _sent;
    private volatile bool _isRush;

    public DemoCity(CityPlan plan, BrokerAddress broker, TimeProvider time)
    {
        _plan = plan;
        _time = time;
        _model = new CityModel(plan);
        _publishers = [.. plan.Intersections.Select(i => new ReliablePublisher(broker, $"city-{i.Id}", Patience, time))];
        _topicRoots = [.. plan.Intersections.Select(static i => $"traffic/v1/{i.Id}/detector/")];
    }

    /// <summary>Readings handed over so far.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Readings acknowledged so far.</summary>
    public long Acknowledged => _publishers.Sum(static p => p.Acknowledged);

    /// <summary>Readings that the service refused.</summary>
    public long Refused => _publishers.Sum(static p => p.Refused);

    /// <summary>Whether the rush is on.</summary>
    public bool IsRush => _isRush;

    /// <summary>Sends until cancelled, then waits for the acknowledgements.</summary>
    /// <exception cref="MqttConnectionException">The service does not come back.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await SendAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Every reading that was handed over gets its answer before the service is stopped.
            foreach (var publisher in _publishers)
            {
                await publisher.DrainAsync(CancellationToken.None);
                await publisher.DisconnectAsync(CancellationToken.None);
            }
        }
        finally
        {
            foreach (var publisher in _publishers)
            {
                await publisher.DisposeAsync();
            }
        }
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        var interval = (long)_plan.Options.Interval.TotalMilliseconds;
        var outbox = new List<(int Intersection, MqttPublication Publication)>();
        var start = (_time.GetUtcNow().ToUnixTimeMilliseconds() / interval * interval) + interval;
        for (long step = 0; ; step++)
        {
            var begin = start + (step * interval);
            await SleepUntilAsync(begin + interval, cancellation);
            _isRush = _model.IsRush;
            _model.Step((intersection, detector, _, reading) => outbox.Add((intersection, Encode(intersection, detector, begin, step, reading))));
            foreach (var (intersection, publication) in outbox)
            {
                await _publishers[intersection].EnqueueAsync(publication, cancellation);
                Interlocked.Increment(ref _sent);
            }

            outbox.Clear();
        }
    }

    private MqttPublication Encode(int intersection, CityDetector detector, long begin, long step, LaneReading reading)
    {
        var payload = new byte[ReadingPayload.MaxLength];
        var length = ReadingPayload.Write(payload, begin, (long)_plan.Options.Interval.TotalMilliseconds, step, reading);
        return new MqttPublication(_topicRoots[intersection] + detector.Id, payload.AsMemory(0, length));
    }

    private async Task SleepUntilAsync(long unixMs, CancellationToken cancellation)
    {
        var wait = unixMs - _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (wait > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(wait), _time, cancellation);
        }
    }
}
