using System.Diagnostics.Metrics;

namespace TrafficCore.Host.Upstream;

/// <summary>Instruments of the upstream, meter <c>TrafficCore.Upstream</c>. There without an upstream too, and then silent.</summary>
/// <remarks>Safe from any thread. Totals are plain numbers that observable instruments read: a message costs no instrument.</remarks>
internal sealed class UpstreamMetrics : IDisposable
{
    private readonly Meter _meter;
    private long _received;
    private long _retainedIgnored;
    private long _waits;
    private long _published;
    private long _refused;
    private long _notices;

    public UpstreamMetrics(IMeterFactory factory)
    {
        _meter = factory.Create("TrafficCore.Upstream");
        Count("received", () => Volatile.Read(ref _received), "{message}", "Messages received from the upstream broker.");
        Count("retained.ignored", () => Volatile.Read(ref _retainedIgnored), "{message}", "Telemetry that the broker had kept: not taken in, since it would be counted again.");
        Count("log.full.waits", () => Volatile.Read(ref _waits), "{wait}", "Times that reading stopped because the log had no room.");
        Count("published", () => Volatile.Read(ref _published), "{message}", "Messages of the service that the broker has taken.");
        Count("refused", () => Volatile.Read(ref _refused), "{message}", "Messages of the service that the broker refused.");
        Count("notices.dropped", () => Volatile.Read(ref _notices), "{notice}", "Error notices to devices that found no connection.");
    }

    /// <summary>Observes the client and what waits; called once.</summary>
    public void Observe(IUpstreamClient client, CommitMarks marks)
    {
        _meter.CreateObservableGauge("trafficcore.upstream.connected", () => client.Link.IsConnected ? 1 : 0, "{connection}", "1 while connected and subscribed.");
        Count("connections", () => client.Link.Connections, "{connection}", "Connections made; all but the first are reconnects.");
        _meter.CreateObservableGauge("trafficcore.upstream.unacknowledged", () => client.Unacknowledged, "{message}", "Messages received and not acknowledged.");
        _meter.CreateObservableGauge("trafficcore.upstream.lag", () => marks.Lag.TotalSeconds, "s", "Age of the oldest message that waits for its commit.");
    }

    public void Dispose() => _meter.Dispose();

    public void Received() => Interlocked.Increment(ref _received);

    public void RetainedIgnored() => Interlocked.Increment(ref _retainedIgnored);

    public void WaitedForLog() => Interlocked.Increment(ref _waits);

    public void Published() => Interlocked.Increment(ref _published);

    public void Refused() => Interlocked.Increment(ref _refused);

    public void NoticeDropped() => Interlocked.Increment(ref _notices);

    private void Count(string name, Func<long> read, string unit, string description) =>
        _meter.CreateObservableCounter("trafficcore.upstream." + name, read, unit, description);
}
