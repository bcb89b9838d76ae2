using System.Diagnostics.Metrics;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Host.Ingress;

/// <summary>Instruments of the door, meter <c>TrafficCore.Ingress</c>.</summary>
/// <remarks>Safe from any thread. Sessions count in fields and report once per commit, so a reading costs no instrument.</remarks>
public sealed class IngressMetrics : IDisposable
{
    private static readonly KeyValuePair<string, object?>[] ReasonTags =
        [.. Enumerable.Range(0, RejectionReasons.Count).Select(i => Tag("reason", RejectionReasons.Name((RejectionReason)i)))];

    private static readonly (ReadingFields Field, KeyValuePair<string, object?> Tag)[] FieldTags =
    [
        (ReadingFields.Occupancy, Tag("field", "occupancy")), (ReadingFields.Speed, Tag("field", "speed")),
        (ReadingFields.Sequence, Tag("field", "seq")), (ReadingFields.Classes, Tag("field", "classes")),
    ];

    private readonly Meter _meter;
    private readonly Counter<long> _readings;
    private readonly Counter<long> _events;
    private readonly Counter<long> _observations;
    private readonly Counter<long> _serverTime;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _droppedFields;
    private readonly Counter<long> _channelsNotLearnt;
    private readonly Counter<long> _noticesDropped;
    private readonly Counter<long> _deferred;

    /// <summary>Creates the instruments.</summary>
    public IngressMetrics(IMeterFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _meter = factory.Create("TrafficCore.Ingress");
        _readings = _meter.CreateCounter<long>("trafficcore.ingress.readings", "{reading}", "Readings accepted.");
        _events = _meter.CreateCounter<long>("trafficcore.ingress.events", "{event}", "Controller events accepted.");
        _observations = _meter.CreateCounter<long>("trafficcore.ingress.observations", "{observation}", "Observations of environment sensors and car parks accepted.");
        _serverTime = _meter.CreateCounter<long>("trafficcore.ingress.clock.server", "{reading}", "Readings and observations without a time, stamped on arrival.");
        _rejected = _meter.CreateCounter<long>("trafficcore.ingress.rejected", "{item}", "Payloads and elements refused, by reason.");
        _droppedFields = _meter.CreateCounter<long>("trafficcore.ingress.fields.dropped", "{field}", "Impossible optional fields, by field.");
        _channelsNotLearnt = _meter.CreateCounter<long>("trafficcore.ingress.channels.refused", "{event}", "Detector-on events of channels that may not be learnt.");
        _noticesDropped = _meter.CreateCounter<long>("trafficcore.ingress.notices.dropped", "{notice}", "Error notices to devices that found the queue full.");
        _deferred = _meter.CreateCounter<long>("trafficcore.ingress.deferred", "{message}", "Messages that waited for room in the log before they were judged.");
    }

    /// <summary>Observes what others hold; called once.</summary>
    public void Observe(DeviceRegistry devices, Func<bool> clockAlarm, Func<int> skewed)
    {
        _meter.CreateObservableGauge("trafficcore.ingress.devices", () => (long)devices.Count, "{device}", "Devices with a number.");
        _meter.CreateObservableGauge("trafficcore.ingress.devices.learnt", () => (long)devices.LearntCount, "{device}", "Devices learnt.");
        _meter.CreateObservableGauge("trafficcore.ingress.network.version", () => (long)devices.NetworkVersion, "{version}", "Version of the network file in force.");
        _meter.CreateObservableGauge("trafficcore.ingress.clock.alarm", () => clockAlarm() ? 1 : 0, "{alarm}", "1 while the service distrusts its own clock.");
        _meter.CreateObservableGauge("trafficcore.ingress.clock.skewed", () => (long)skewed(), "{device}", "Devices whose clock is off by more than Ingest:MaxSkew.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Accepted(IntakeBatch batch)
    {
        Count(_readings, batch.Readings);
        Count(_events, batch.Events);
        Count(_observations, batch.Observations);
        Count(_serverTime, batch.ServerTimes);

        static void Count(Counter<long> counter, int count)
        {
            if (count > 0)
            {
                counter.Add(count);
            }
        }
    }

    internal void Rejected(RejectionReason reason) => _rejected.Add(1, ReasonTags[(int)reason]);

    internal void Dropped(ReadingFields fields)
    {
        foreach ((ReadingFields field, KeyValuePair<string, object?> tag) in FieldTags)
        {
            if ((fields & field) != 0)
            {
                _droppedFields.Add(1, tag);
            }
        }
    }

    internal void Dropped(ObservationKind kind, uint properties)
    {
        for (int i = 0; i < kind.Properties.Count; i++)
        {
            if ((properties >> i & 1) != 0)
            {
                _droppedFields.Add(1, Tag("field", kind.Properties[i].Name));
            }
        }
    }

    internal void ChannelRefused() => _channelsNotLearnt.Add(1);

    internal void NoticeDropped() => _noticesDropped.Add(1);

    internal void Deferred() => _deferred.Add(1);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
