using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Delivery;

namespace TrafficCore.Simulators.Replay;

/// <summary>Sends recorded data: one connection for each intersection, in time order, and waits for every acknowledgement.</summary>
internal sealed class ReplayRunner
{
    /// <summary>How long a replay that was stopped waits for the last acknowledgements: somebody is sitting there.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly ReplayOptions _options;
    private readonly TimeProvider _time;
    private readonly ConsoleProgress _progress;
    private long _handedOver;

    public ReplayRunner(ReplayOptions options, TimeProvider time, ConsoleProgress progress)
    {
        _options = options;
        _time = time;
        _progress = progress;
    }

    /// <summary>Reads, sends and reports; cancelled, the same of what was sent by then.</summary>
    /// <exception cref="UsageException">The file can't be read.</exception>
    public async Task<ReplayReport> RunAsync(CancellationToken cancellation)
    {
        var findings = new RowFindings();
        var recording = RecordedFile.Read(_options.File, _options.Format, _options.Zone, findings);
        var publishers = recording.Intersections
            .Select(id => new ReliablePublisher(_options.Broker, $"replay-{id}-{Environment.ProcessId}", _options.Patience, _time))
            .ToArray();
        var start = _time.GetTimestamp();
        string? problem = null;
        try
        {
            foreach (var publisher in publishers)
            {
                await publisher.ConnectAsync(cancellation);
            }

            await SendAsync(recording, publishers, cancellation);
            await FinishAsync(publishers, cancellation);
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

        return Report(recording, findings, publishers, _time.GetElapsedTime(start), problem);
    }

    private async Task SendAsync(IRecording recording, ReliablePublisher[] publishers, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        try
        {
            for (var i = 0; i < recording.Messages.Count; i++)
            {
                var message = recording.Messages[i];
                await WaitUntilDueAsync(start, message.DueMs - recording.FromMs, cancellation);
                await publishers[message.Intersection].EnqueueAsync(recording.Encode(message) with { QoS = _options.QoS }, cancellation);
                _handedOver++;
                _progress.Report(
                    (i + 1.0) / recording.Messages.Count,
                    (Sent: i + 1, recording.Messages.Count, message.DueMs),
                    static s => $"{s.Sent} of {s.Count} messages, {DateTimeOffset.FromUnixTimeMilliseconds(s.DueMs):yyyy-MM-dd HH:mm:ss}Z");
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // What was handed over still gets its answer.
        }
    }

    private static async Task FinishAsync(ReliablePublisher[] publishers, CancellationToken cancellation)
    {
        using var end = new CancellationTokenSource();
        using var hurry = cancellation.Register(() => end.CancelAfter(StopLimit));
        try
        {
            foreach (var publisher in publishers)
            {
                await publisher.DrainAsync(end.Token);
                await publisher.DisconnectAsync(end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // What has no answer by now counts as lost.
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

    private ReplayReport Report(IRecording recording, RowFindings findings, ReliablePublisher[] publishers, TimeSpan elapsed, string? problem)
    {
        var (acknowledged, refused) = (publishers.Sum(static p => p.Acknowledged), publishers.Sum(static p => p.Refused));
        var areAnswered = _options.QoS > QualityOfService.AtMostOnce;
        var isStopped = problem is null && _handedOver < recording.Messages.Count;
        return new ReplayReport
        {
            File = _options.File,
            Format = _options.Format,
            Intersections = recording.Intersections.Count,
            Rows = findings.Rows,
            Readings = recording.Readings,
            Events = recording.Events,
            Messages = recording.Messages.Count,
            Acknowledged = areAnswered ? acknowledged : null,
            Refused = areAnswered ? refused : null,
            Lost = (isStopped ? _handedOver : recording.Messages.Count) - (areAnswered ? acknowledged + refused : _handedOver),
            Reconnects = publishers.Sum(static p => p.Reconnects),
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
            From = DateTimeOffset.FromUnixTimeMilliseconds(recording.FromMs),
            To = DateTimeOffset.FromUnixTimeMilliseconds(recording.ToMs),
            Skipped = findings.Skipped,
            Noted = findings.Noted,
            Malformed = findings.Malformed,
            Findings = findings.Told,
            Stopped = isStopped,
            Sent = _handedOver,
            Problem = problem,
        };
    }
}
