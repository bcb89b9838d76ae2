using System.Diagnostics.Metrics;

namespace TrafficCore.Pipeline.City;

/// <summary>Instruments of the city's index, meter <c>TrafficCore.City</c>.</summary>
internal sealed class CityIndexMetrics
{
    public const string MeterName = "TrafficCore.City";

    private readonly Meter _meter;
    private readonly Counter<long> _published;
    private readonly Counter<long> _saveFailures;

    public CityIndexMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _published = _meter.CreateCounter<long>("trafficcore.city.published", "{row}", "Rows of the city's index that were published, corrections included.");
        _saveFailures = _meter.CreateCounter<long>("trafficcore.city.save.failures", "{save}", "Saves of what the index is made from that failed.");
    }

    /// <summary>Observes a worker; called once, when its state is there.</summary>
    /// <param name="end">Durable end of the output.</param>
    /// <param name="counts">What the worker counts.</param>
    public void Watch(Func<long> end, Func<CityCounts> counts)
    {
        _meter.CreateObservableGauge("trafficcore.city.lag", () => Math.Max(0, end() - counts().Position), "By", "Durable output that the index has not read.");
        _meter.CreateObservableCounter("trafficcore.city.late", () => counts().Late, "{row}", "Rows of approaches that came too late to correct the index.");
        _meter.CreateObservableCounter("trafficcore.city.waits.ended", () => counts().GivenUp, "{window}", "Windows that were published before every intersection had.");
        _meter.CreateObservableGauge("trafficcore.city.windows", () => counts().Windows, "{window}", "Windows that can still be corrected.");
    }

    public void Published(int rows) => _published.Add(rows);

    public void SaveFailed() => _saveFailures.Add(1);
}

/// <summary>What a worker counts, as of one moment. Immutable, swapped whole.</summary>
/// <param name="Position">Output position up to which it has read.</param>
/// <param name="Late">Rows of approaches that came for windows that had left.</param>
/// <param name="GivenUp">Windows that were published before every intersection had.</param>
/// <param name="Windows">Windows that can still be corrected.</param>
internal sealed record CityCounts(long Position, long Late, long GivenUp, int Windows);
