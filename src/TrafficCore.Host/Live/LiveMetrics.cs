using System.Diagnostics.Metrics;

namespace TrafficCore.Host.Live;

/// <summary>Instruments of the live feed, meter <c>TrafficCore.Live</c>.</summary>
internal sealed class LiveMetrics : IDisposable
{
    private readonly Meter meter;
    private readonly Counter<long> events;
    private readonly Counter<long> coalesced;
    private readonly Counter<long> dropped;
    private readonly Counter<long> refused;
    private readonly Counter<long> ended;

    public LiveMetrics(IMeterFactory factory, Func<int> clients)
    {
        meter = factory.Create("TrafficCore.Live");
        meter.CreateObservableGauge("trafficcore.live.clients", clients, "{client}", "Streams that are open.");
        events = meter.CreateCounter<long>("trafficcore.live.events", "{event}", "Events written, by kind.");
        coalesced = meter.CreateCounter<long>("trafficcore.live.coalesced", "{change}", "Changes of what already waited for a client: it gets the latest, once.");
        dropped = meter.CreateCounter<long>("trafficcore.live.dropped", "{correction}", "Corrections of earlier windows that a slow client does not get.");
        refused = meter.CreateCounter<long>("trafficcore.live.refused", "{client}", "Streams refused because Live:MaxClients were open.");
        ended = meter.CreateCounter<long>("trafficcore.live.ended", "{client}", "Streams that the service ended, by reason.");
    }

    public void Written(string kind) => events.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Coalesced() => coalesced.Add(1);

    public void Dropped() => dropped.Add(1);

    public void Refused() => refused.Add(1);

    public void Ended(LiveEnd why) => ended.Add(1, new KeyValuePair<string, object?>("reason", why.ToString()));

    public void Dispose() => meter.Dispose();
}
