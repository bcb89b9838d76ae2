using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Delivery;

namespace TrafficCore.Simulators.Replay;

/// <summary>Sends a recorded log: one connection for each intersection, in time order, and waits for every acknowledgement.</summary>
internal sealed class ReplayRunner
{
    private readonly ReplayOptions _options;
    private readonly TimeProvider _time;
    private readonly ConsoleProgress _progress;

    public ReplayRunner(ReplayOptions options, TimeProvider time, ConsoleProgress progress)
    {
        _options = options;
        _time = time;
        _progress = progress;
    }

    /// <summary>Topic on which a controller of that id sends its events; it stands at the intersection of the same id.</summary>
    public static string TopicOf(string device) => $"traffic/v1/{device}/controller/{device}/events";

    /// <summary>Reads, sends and reports.</summary>
    /// <exception cref="UsageException">The file can't be read.</exception>
    public async Task<ReplayReport> RunAsync(CancellationToken cancellation)
    {
        var log = IndianaReader.Read(_options.File, _options.Zone);
        var batches = EventBatcher.Pack(log);
        var publishers = log.Devices
            .Select(device => new ReliablePublisher(_options.Broker, $"replay-{device}-{Environment.ProcessId}", _options.Patience, _time))
            .ToArray();
        var start = _time.GetTimestamp();
        string? problem = null;
        try
        {
            await SendAsync(log, batches, publishers, cancellation);
        }
        catch (MqttConnectionException e)
        {
            problem = e.Message;
        }
        finally
        {
            foreach (var publisher in publishers)
            {
                await publisher.DisposeAsync();
            }
        }

        return Report(log, batches.Count, publishers, _time.GetElapsedTime(start), problem);
    }

    private async Task SendAsync(IndianaLog log, IReadOnlyList<EventBatch> batches, ReliablePublisher[] publishers, CancellationToken cancellation)
    {
        foreach (var publisher in publishers)
        {
            await publisher.ConnectAsync(cancellation);
        }

        var topics = log.Devices.Select(TopicOf).ToArray();
        var start = _time.GetTimestamp();
        for (var i = 0; i < batches.Count; i++)
        {
            var batch = batches[i];
            await WaitUntilDueAsync(start, batch.DueMs - log.Events[0].Timestamp, cancellation);
            await publishers[batch.Device].EnqueueAsync(new MqttPublication(topics[batch.Device], batch.Payload), cancellation);
            _progress.Report((i + 1.0) / batches.Count, $"{i + 1} of {batches.Count} messages, {DateTimeOffset.FromUnixTimeMilliseconds(batch.DueMs):yyyy-MM-dd HH:mm:ss}Z");
        }

        foreach (var publisher in publishers)
        {
            await publisher.DrainAsync(cancellation);
            await publisher.DisconnectAsync(cancellation);
        }
    }

    private async ValueTask WaitUntilDueAsync(long start, long recordedMs, CancellationToken cancellation)
    {
        if (_options.Speed is { } speed)
        {
            var wait = TimeSpan.FromMilliseconds(recordedMs / speed) - _time.GetElapsedTime(start);
            if (wait > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(wait, _time, cancellation);
            }
        }
    }

    private ReplayReport Report(IndianaLog log, int messages, ReliablePublisher[] publishers, TimeSpan elapsed, string? problem)
    {
        var (acknowledged, refused) = (publishers.Sum(static p => p.Acknowledged), publishers.Sum(static p => p.Refused));
        return new ReplayReport
        {
            File = _options.File,
            Controllers = log.Devices.Count,
            Events = log.Events.Count,
            Messages = messages,
            Acknowledged = acknowledged,
            Refused = refused,
            Lost = messages - acknowledged - refused,
            Reconnects = publishers.Sum(static p => p.Reconnects),
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
            From = DateTimeOffset.FromUnixTimeMilliseconds(log.Events[0].Timestamp),
            To = DateTimeOffset.FromUnixTimeMilliseconds(log.Events[^1].Timestamp),
            Problem = problem,
        };
    }
}
