using System.Diagnostics.Metrics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Why a message did not reach a client or the retained store.</summary>
internal enum DropReason
{
    QueueFull,

    /// <summary>All queues together are full, and the client's keeps its share.</summary>
    AllQueuesFull,
    Offline,
    TooLarge,
    RetainedFull,
    Denied,
}

/// <summary>
/// Counts of the broker. Totals are plain numbers, added to once per socket read, and read by observable instruments: the hot path pays no
/// instrument.
/// </summary>
internal sealed class BrokerMetrics
{
    public const string MeterName = "TrafficCore.Mqtt.Broker";

    private readonly long[] _received = new long[3];
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    private readonly long[] _closed = new long[Enum.GetValues<CloseReason>().Length];
    private long _receivedBytes;
    private long _sent;
    private long _opened;
    private long _refused;
    private long _subscribesDenied;
    private long _waits;
    private long _paced;

    public BrokerMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        meter.CreateObservableCounter("trafficcore.broker.publishes", ReadReceived, description: "PUBLISH packets from clients");
        meter.CreateObservableCounter("trafficcore.broker.publish_bytes", () => Volatile.Read(ref _receivedBytes), "By", "Bytes of PUBLISH packets from clients");
        meter.CreateObservableCounter("trafficcore.broker.messages_sent", () => Sent, description: "PUBLISH and PUBREL packets to clients");
        meter.CreateObservableCounter("trafficcore.broker.messages_dropped", () => Read<DropReason>(_dropped, "reason"), description: "Messages not delivered");
        meter.CreateObservableCounter("trafficcore.broker.connections_opened", () => Volatile.Read(ref _opened), description: "Connections accepted from the network");
        meter.CreateObservableCounter("trafficcore.broker.connections_closed", () => Read<CloseReason>(_closed, "reason"), description: "Connections ended, by reason");
        meter.CreateObservableCounter("trafficcore.broker.connects_refused", () => Volatile.Read(ref _refused), description: "CONNECT packets refused");
        meter.CreateObservableCounter(
            "trafficcore.broker.subscriptions_denied", () => Volatile.Read(ref _subscribesDenied), description: "Filters refused by the access rules");
        meter.CreateObservableCounter("trafficcore.broker.log_full_waits", () => Volatile.Read(ref _waits), description: "Times a read loop waited for room in the log");
        meter.CreateObservableCounter("trafficcore.broker.paced", () => Paces, description: "Times a client over its rate was made to wait");
        Meter = meter;
    }

    public Meter Meter { get; }

    public long Sent => Volatile.Read(ref _sent);

    public long Paces => Volatile.Read(ref _paced);

    public void Paced() => Interlocked.Increment(ref _paced);

    public void Observe(string name, Func<long> read, string description, string? unit = null) => Meter.CreateObservableGauge(name, read, unit, description);

    public void Received(QualityOfService qos, int count) => Interlocked.Add(ref _received[(int)qos], count);

    public void ReceivedBytes(long bytes) => Interlocked.Add(ref _receivedBytes, bytes);

    public void MessageSent() => Interlocked.Increment(ref _sent);

    public void Delivered(DeliveryResult result)
    {
        if (result != DeliveryResult.Queued)
        {
            Dropped(result switch
            {
                DeliveryResult.Full => DropReason.QueueFull,
                DeliveryResult.NoRoom => DropReason.AllQueuesFull,
                _ => DropReason.Offline,
            });
        }
    }

    public void Dropped(DropReason reason) => Interlocked.Increment(ref _dropped[(int)reason]);

    public long DroppedCount(DropReason reason) => Volatile.Read(ref _dropped[(int)reason]);

    public void Opened() => Interlocked.Increment(ref _opened);

    public void Closed(CloseReason reason) => Interlocked.Increment(ref _closed[(int)reason]);

    public long ClosedCount(CloseReason reason) => Volatile.Read(ref _closed[(int)reason]);

    public void Refused() => Interlocked.Increment(ref _refused);

    public void SubscribeDenied() => Interlocked.Increment(ref _subscribesDenied);

    public void WaitedForLog() => Interlocked.Increment(ref _waits);

    public long ReceivedCount => Volatile.Read(ref _received[0]) + Volatile.Read(ref _received[1]) + Volatile.Read(ref _received[2]);

    public long DroppedTotal => _dropped.Sum();

    private IEnumerable<Measurement<long>> ReadReceived()
    {
        for (var qos = 0; qos < _received.Length; qos++)
        {
            yield return new Measurement<long>(Volatile.Read(ref _received[qos]), new KeyValuePair<string, object?>("qos", qos));
        }
    }

    private static IEnumerable<Measurement<long>> Read<TReason>(long[] counts, string tag)
        where TReason : struct, Enum
    {
        foreach (var reason in Enum.GetValues<TReason>())
        {
            yield return new Measurement<long>(
                Volatile.Read(ref counts[Convert.ToInt32(reason, System.Globalization.CultureInfo.InvariantCulture)]),
                new KeyValuePair<string, object?>(tag, reason.ToString()));
        }
    }
}
