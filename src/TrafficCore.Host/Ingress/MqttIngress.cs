using System.Text;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Host.Ingress;

/// <summary>
/// The door: gives MQTT messages their traffic meaning, judges them once, and makes input records of them. The one place that
/// knows both MQTT and traffic.
/// </summary>
/// <remarks>Safe from any thread; what belongs to one connection is in its <see cref="IngressSession"/>.</remarks>
internal sealed class MqttIngress : IPublishIngress
{
    private readonly ReadingIntake _readings;
    private readonly EventIntake _events;
    private readonly ObservationIntake _observations;
    private readonly RejectionDesk _rejections;
    private readonly byte[] _root;

    public MqttIngress(
        DeviceRegistry registry,
        IInputLog log,
        ServiceClock clock,
        IngressOptions options,
        IngressMetrics metrics,
        ILogger<MqttIngress> logger,
        IDeviceNotifier? notifier = null)
        : this(registry, log, clock, options, metrics, logger, notifier, isLive: true)
    {
        metrics.Observe(registry, () => Guard.IsAlarmed, () => Skew.Alarms);
    }

    private MqttIngress(
        DeviceRegistry registry, IInputLog log, ServiceClock clock, IngressOptions options, IngressMetrics metrics, ILogger logger, IDeviceNotifier? notifier, bool isLive)
    {
        Log = log;
        Clock = clock;
        Metrics = metrics;
        _root = Encoding.UTF8.GetBytes(options.TopicRoot + "/");
        Skew = new SkewWatch(options.MaxSkew, registry, logger);
        Guard = new ClockGuard(log, options.MaxAge, options.MaxAhead, logger, isLive ? Skew : null);
        var devices = new DeviceDesk(registry, log, clock, options, logger);
        _rejections = new RejectionDesk(options.TopicRoot, isLive ? metrics : null, notifier);
        _readings = new ReadingIntake(devices, _rejections, Guard, metrics, (long)options.MaxInterval.TotalMilliseconds);
        _events = new EventIntake(devices, _rejections, Guard, metrics);
        _observations = new ObservationIntake(devices, _rejections, Guard, metrics);
    }

    internal IInputLog Log { get; }

    internal ServiceClock Clock { get; }

    internal ClockGuard Guard { get; }

    internal SkewWatch Skew { get; }

    internal IngressMetrics Metrics { get; }

    internal ReadOnlySpan<byte> Root => _root;

    /// <summary>The same door for what was received earlier: nobody is told, refusals are not counted, and no clock is judged by it.</summary>
    internal static MqttIngress ForEarlier(
        DeviceRegistry registry, IInputLog log, ServiceClock clock, IngressOptions options, IngressMetrics metrics, ILogger<MqttIngress> logger) =>
        new(registry, log, clock, options, metrics, logger, notifier: null, isLive: false);

    /// <inheritdoc/>
    public PublishSession OpenSession(ClientIdentity client) => new IngressSession(this, client);

    /// <summary>Takes in a message of a topic under the root.</summary>
    internal IntakeResult Take(IntakeBatch batch, TopicSlot slot, ReadOnlySpan<byte> payload)
    {
        switch (slot.Topic.Meaning)
        {
            case TopicMeaning.Readings or TopicMeaning.ReadingsOfMany:
                return _readings.Take(batch, slot, payload);
            case TopicMeaning.Events:
                return _events.Take(batch, slot, payload);
            case TopicMeaning.Observations:
                return _observations.Take(batch, slot, payload);
            default:
                _rejections.Reject(batch, slot, null, RejectionReason.UnknownTopic, payload);
                return IntakeResult.Collected;
        }
    }
}
