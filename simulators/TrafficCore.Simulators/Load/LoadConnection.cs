using System.Text.Unicode;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Load;

/// <summary>One simulated detector with a connection of its own, which sends what is due.</summary>
/// <remarks>
/// Ownership: <see cref="Pump"/> may be called from the scheduling thread and from the client's reading loop; its state is
/// under one lock. The histograms are shared by all connections.
/// </remarks>
internal sealed class LoadConnection
{
    private readonly LoadClock _clock;
    private readonly LoadSchedule _schedule;
    private readonly QualityOfService _qos;
    private readonly int _index;
    private readonly long _quota;
    private readonly string _topic;
    private readonly long _intervalMs;
    private readonly LatencyHistogram _latency;
    private readonly LatencyHistogram _sendDelay;

    // Under the lock.
    private readonly Lock _gate = new();
    private readonly byte[] _payload = new byte[160];
    private MqttClient? _client;
    private long _sent;
    private long _lastTimestamp;

    private long _acknowledged;
    private long _refused;

    public LoadConnection(LoadOptions options, LoadSchedule schedule, LoadClock clock, int index, LatencyHistogram latency, LatencyHistogram sendDelay)
    {
        (_schedule, _clock, _index, _latency, _sendDelay) = (schedule, clock, index, latency, sendDelay);
        _qos = (QualityOfService)options.Qos;
        _quota = schedule.QuotaOf(index);
        _intervalMs = Math.Clamp(1000L * options.Connections / options.Rate, 1, 60_000);
        var (intersection, detector) = Math.DivRem(index, options.DetectorsPerIntersection);
        _topic = $"traffic/v1/{options.Prefix}-{intersection + 1:0000}/detector/d-{detector + 1:00}";
    }

    public long Sent => Interlocked.Read(ref _sent);

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public long Refused => Interlocked.Read(ref _refused);

    public bool IsLost => _client is { Completion: { IsCompleted: true, Result: not null } };

    public async Task ConnectAsync(LoadOptions options, CancellationToken cancellation) =>
        _client = await MqttClient.ConnectAsync(
            options.Broker.Options($"{options.Prefix}-{Environment.ProcessId}-{_index}") with
            {
                ConnectTimeout = TimeSpan.FromSeconds(20),
                OnAcknowledged = OnAcknowledged,
            },
            cancellation);

    /// <summary>Sends every reading that is due and for which there is room; the rest stays due.</summary>
    public void Pump()
    {
        lock (_gate)
        {
            try
            {
                while (_sent < _quota && SendDueUnderLock())
                {
                }
            }
            catch (MqttConnectionException)
            {
                // Shows as a lost connection in the report; its readings stay unsent.
            }
        }
    }

    /// <summary>Sends what is still due, and waits until all of it is acknowledged, at QoS 0 written.</summary>
    public Task DrainAsync(CancellationToken cancellation) => QuietlyAsync(async client =>
    {
        while (Sent < _quota)
        {
            await client.DrainAsync(cancellation);
            Pump();
        }

        await client.DrainAsync(cancellation);
    });

    /// <summary>Says good-bye, so that QoS 0 bytes arrive before the end.</summary>
    public Task DisconnectAsync(CancellationToken cancellation) => QuietlyAsync(client => client.DisconnectAsync(cancellation));

    public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task QuietlyAsync(Func<MqttClient, Task> act)
    {
        try
        {
            await act(_client!);
        }
        catch (Exception e) when (e is MqttConnectionException or OperationCanceledException)
        {
            // What is missing shows in the counts.
        }
    }

    private bool SendDueUnderLock()
    {
        var due = _schedule.DueNanoseconds(_schedule.IndexOf(_index, _sent));
        var now = _clock.Nanoseconds;
        if (due > now)
        {
            return false;
        }

        var timestamp = Math.Max(_lastTimestamp + 1, _clock.UnixMs);
        if (!_client!.TryEnqueue(new MqttPublication(_topic, _payload.AsMemory(0, Write(timestamp)), _qos, Tag: due)))
        {
            return false;
        }

        _lastTimestamp = timestamp;
        Interlocked.Increment(ref _sent);
        _sendDelay.Add(now - due);
        return true;
    }

    /// <summary>The usual fields; volume follows from the sequence, so that totals can be recomputed.</summary>
    private int Write(long timestamp)
    {
        var n = _sent;
        Utf8.TryWrite(
            _payload,
            $"{{\"ts\":{timestamp},\"interval\":{_intervalMs},\"seq\":{n},\"volume\":{n % 10},\"occupancy\":{10 + (n % 80)}.{n % 9},\"speed\":{20 + (n % 40)}.{n % 7}}}",
            out var length);
        return length;
    }

    private void OnAcknowledged(MqttAcknowledgement acknowledgement)
    {
        _latency.Add(_clock.Nanoseconds - acknowledgement.Tag);
        Interlocked.Increment(ref acknowledgement.IsSuccess ? ref _acknowledged : ref _refused);
        Pump();
    }
}
